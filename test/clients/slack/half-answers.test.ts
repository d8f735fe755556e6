import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { slackDoctor } from '../../../src/clients/slack/doctor.ts';
import { slackRunMessages } from '../../../src/clients/slack/outbound/run-messages.ts';
import { slackDirectory } from '../../../src/clients/slack/people/directory.ts';
import { slackMembers } from '../../../src/clients/slack/people/members.ts';
import { MaybeSent, RateLimited } from '../../../src/core/chat.ts';
import { membershipCheck } from '../../../src/core/people/membership.ts';
import { mutations } from '../../fixtures/mutations.ts';
import { aRun, view } from '../../messages/runs.ts';
import { logBook } from './world.ts';

const at = { channel: 'C0123CICD', ts: '1795975158.584000' };
const run = aRun();
const here = { ...run, delivery: { ...run.delivery, channel: at.channel } };
const user = { id: 'U1', team_id: 'T1', deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false };
const messages = { ok: true, messages: [{ ts: at.ts, text: 'x' }], has_more: false, response_metadata: { next_cursor: '' } };

function clients(apiUrl: string) {
  const options = { token: 'xoxb-test', apiUrl, log: logBook() };
  return {
    board: slackRunMessages({ ...options, instance: 'lab', viewOf: () => view }),
    directory: slackDirectory(options),
    members: slackMembers(options),
  };
}

interface Call {
  readonly act: (to: ReturnType<typeof clients>) => Promise<unknown>;
  readonly whole: object;
}

const calls: Readonly<Record<string, Call>> = {
  'chat.postMessage': { act: ({ board }) => board.post(here), whole: { ok: true, ...at } },
  'chat.update': { act: ({ board }) => board.update(here, at), whole: { ok: true, ...at } },
  'conversations.history': { act: ({ board }) => board.find(here), whole: messages },
  'conversations.list': {
    act: ({ board }) => board.find({ ...here, delivery: { ...here.delivery, channel: '#ci' } }),
    whole: { ok: true, channels: [{ id: at.channel, name: 'other' }], messages: [] },
  },
  'users.info': { act: ({ directory }) => directory.account('U1'), whole: { ok: true, team_id: 'T1', user } },
  'auth.test': { act: ({ directory }) => directory.home(), whole: { ok: true, team_id: 'T1' } },
  'usergroups.users.list': { act: ({ members }) => members.usersOf('S1'), whole: { ok: true, users: ['U1'] } },
};

async function slackSaying(t: ExecutionContext, body: () => string) {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return clients(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
}

const faults: Readonly<Record<string, (whole: object) => string>> = {
  'cut in the middle': (whole) => JSON.stringify(whole).slice(0, -6),
  empty: () => '',
  'an empty object': () => '{}',
  null: () => 'null',
  'ok and no more': () => '{"ok":true}',
  'ok in words': (whole) => JSON.stringify({ ...whole, ok: 'yes' }),
  HTML: () => '<html><title>Welcome</title></html>',
};

for (const [name, { act, whole }] of Object.entries(calls)) {
  for (const [fault, body] of Object.entries(faults)) {
    if (name === 'chat.update' && fault === 'ok and no more') continue;
    test(`${name}: an answer that is ${fault} is none, and no refusal either`, async (t) => {
      const to = await slackSaying(t, () => body(whole));
      const error = await t.throwsAsync(act(to), { instanceOf: MaybeSent });
      t.notRegex(error.message, /undefined|<html|JSON input/);
    });
  }

  test(`${name}: nothing that Slack may answer ends in an error of ours`, async (t) => {
    let changed: unknown;
    const to = await slackSaying(t, () => JSON.stringify(changed) ?? '');
    for (changed of mutations(whole, 50)) {
      await act(to).catch((error: Error) =>
        t.false(error instanceof TypeError || /Cannot read|undefined|is not (?:a function|iterable)/.test(error.message), error.stack),
      );
    }
    t.pass();
  });
}

const verdictOf = async (t: ExecutionContext, told: object) => {
  const to = await slackSaying(t, () => JSON.stringify({ ok: true, team_id: 'T1', user: told }));
  return await membershipCheck({ workspaces: ['T2'], guests: false }, to.directory)('U1', 'fresh');
};
for (const missing of ['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted']) {
  test(`an account of the bot's workspace that is told without ${missing} is no member`, async (t) => {
    t.like(await verdictOf(t, { ...user, [missing]: undefined }), { kind: 'unsure' });
    t.like(await verdictOf(t, user), { kind: 'member' });
  });
}

test('Slack leaves out the roles of deactivated accounts and of those of other workspaces', async (t) => {
  const short = { id: 'U1', team_id: 'T1', deleted: false, is_bot: false };
  t.like(await verdictOf(t, { ...short, deleted: true }), { kind: 'nobody' });
  t.like(await verdictOf(t, { ...short, team_id: 'T2', is_stranger: false }), { kind: 'member' });
  t.like(await verdictOf(t, { ...short, team_id: 'T2', enterprise_user: { teams: ['T1'] } }), { kind: 'unsure' });
});

test("other apps' messages are of any shape, and ours beside them is found", async (t) => {
  const foreign = [
    { ts: '1.1', metadata: { event_type: 'other', event_payload: [] } },
    { ts: '1.2', metadata: { event_type: 7, event_payload: 'x' }, files: [{ title: 7 }] },
    { ts: '1.3', metadata: { event_type: 'coxswain_run', event_payload: null } },
    { ts: '1.4', metadata: {}, files: [{}] },
  ];
  const ours = { ts: at.ts, metadata: { event_type: 'coxswain_run', event_payload: { instance: 'lab', uid: here.uid } } };
  const to = await slackSaying(t, () => JSON.stringify({ ...messages, messages: [...foreign, ours] }));
  t.deepEqual(await to.board.find(here), at);
});

test('a whole list of no members is one', async (t) => {
  t.deepEqual(await (await slackSaying(t, () => '{"ok":true,"users":[]}')).members.usersOf('S1'), []);
});

test('a history that has more and says not where is half an answer', async (t) => {
  const to = await slackSaying(t, () => JSON.stringify({ ...messages, has_more: true }));
  await t.throwsAsync(to.board.find(here), { instanceOf: MaybeSent, message: /more of it, but no cursor/ });
});

test('what Slack says of its limits is still heard', async (t) => {
  const to = await slackSaying(t, () => '{"ok":false,"error":"ratelimited"}');
  await t.throwsAsync(to.members.usersOf('S1'), { instanceOf: RateLimited });
});

const told: Readonly<Record<string, object>> = {
  'auth.test': { ok: true, user: 'coxswain', team: 'Lab' },
  'apps.connections.open': { ok: true, url: 'wss://slack.example/link' },
  'conversations.info': { ok: true, channel: { id: at.channel, is_member: true, is_archived: false } },
};

async function doctorHearing(t: ExecutionContext, method?: string, fault?: string) {
  const server = createServer(({ url = '' }, response) => {
    const [, asked = ''] = /\/api\/([\w.]+)/.exec(url) ?? [];
    const words = asked === method ? (faults[fault ?? ''] ?? JSON.stringify)(told[asked] ?? {}) : JSON.stringify(told[asked]);
    response.writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': 'chat:write' }).end(words);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  return slackDoctor({
    apiUrl,
    log: logBook(),
    tokens: { bot: 'xoxb-test', app: 'xapp-test' },
    scopes: ['chat:write'],
    channels: [at.channel],
  });
}

test('doctor takes whole answers of Slack', async (t) => {
  t.deepEqual(
    (await doctorHearing(t)).map(({ state }) => state),
    ['ok', 'ok', 'ok', 'ok'],
  );
});

for (const method of Object.keys(told)) {
  for (const fault of Object.keys(faults)) {
    test(`doctor: ${method} is not well where its answer is ${fault}`, async (t) => {
      const failed = (await doctorHearing(t, method, fault)).filter(({ state }) => state !== 'ok');
      t.is(failed.length, 1);
      t.notRegex(JSON.stringify(failed), /undefined|<html|JSON input|Cannot read/);
    });
  }
}
