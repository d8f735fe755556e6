import test from 'ava';
import { botToken, call, start } from './_slack.ts';
import { connect } from './_socket.ts';

const eve = { id: 'U0666EVE', name: 'eve', realName: 'Eve', team: 'T0RIVAL' };

async function shared(options: Parameters<typeof start>[0] = {}) {
  const standIn = await start(options);
  const link = await connect(standIn);
  await link.next();
  standIn.slack.setUser(eve);
  standIn.slack.join('ci', eve.id);
  return { standIn, slack: standIn.slack, link };
}

test('in a shared channel a mention names the workspace of a stranger, and of a person of ours only the own one', async (t) => {
  const { standIn, slack, link } = await shared();
  t.teardown(standIn.close);
  void slack.type(eve.id, 'ci', '@coxswain hello');
  const strange = (await link.next()).payload;
  t.like(strange, { team_id: 'T0SANDBOX', is_ext_shared_channel: true });
  t.like(strange.event, { user: eve.id, team: 'T0RIVAL', user_team: 'T0RIVAL', source_team: 'T0RIVAL', user_profile: { team: 'T0RIVAL' } });
  void slack.type('U0123ADA', 'ci', '@coxswain hello');
  const own = (await link.next()).payload.event;
  t.is(own.team, 'T0SANDBOX');
  t.false('user_team' in own);
});

test('a slash command of the app is none for a stranger', async (t) => {
  const { standIn, slack } = await shared();
  t.teardown(standIn.close);
  t.deepEqual(await slack.type(eve.id, 'ci', '/cox status'), { ok: false, error: 'unknown_command' });
});

test('users.info tells workspace, guest, deactivated account and bot apart', async (t) => {
  const { standIn, slack } = await shared();
  t.teardown(standIn.close);
  slack.setUser({ id: 'U1', name: 'u1', realName: 'U1', guest: 'ultra-restricted' });
  slack.setUser({ id: 'U2', name: 'u2', realName: 'U2', deleted: true });
  slack.setUser({ id: 'U3', name: 'u3', realName: 'U3', enterprise: { id: 'E1', teams: ['T0SANDBOX', 'T3'] } });
  const user = async (id: string) => (await call(standIn, 'users.info', { user: id }, botToken)).body.user as object;
  t.like(await user(eve.id), { team_id: 'T0RIVAL', is_restricted: false });
  t.like(await user('U1'), { team_id: 'T0SANDBOX', is_restricted: true, is_ultra_restricted: true });
  t.like(await user('U2'), { deleted: true });
  t.like(await user('U3'), { enterprise_user: { enterprise_id: 'E1', teams: ['T0SANDBOX', 'T3'] } });
});

test('an edited mention is sent again, with the same ts and an event of its own', async (t) => {
  const { standIn, slack, link } = await shared();
  t.teardown(standIn.close);
  const typed = slack.type('U0123ADA', 'ci', '@coxswain one');
  const first = await link.next();
  const done = await typed;
  void slack.edit('U0123ADA', done.ok ? (done.ts ?? '') : '', '@coxswain two');
  const second = await link.next();
  t.is(second.payload.event.ts, first.payload.event.ts);
  t.not(second.payload.event_id, first.payload.event_id);
  t.like(second.payload.event, { text: '<@U0COXSWAIN> two', edited: { user: 'U0123ADA' } });
});

test('an event whose receipt is lost is sent again', async (t) => {
  const { standIn, slack, link } = await shared({ patienceMs: 100, eventRetries: [0] });
  t.teardown(standIn.close);
  slack.loseAcks(1);
  void slack.type('U0123ADA', 'ci', '@coxswain one');
  const first = await link.next();
  link.ack(first);
  const again = await link.next();
  t.is(again.payload.event_id, first.payload.event_id);
  t.is(again.retry_attempt, 1);
});
