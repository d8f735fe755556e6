import test from 'ava';
import { heardOf } from '../heard-of.ts';

const says = test.macro(async (t, event: object, teams: readonly string[]) => {
  const { heard, mention } = heardOf();
  await mention(event);
  t.deepEqual(heard[0]?.teams, teams);
});

test('a mention names no workspace', says, {}, []);
test('a mention names the workspace of the person in `team`', says, { team: 'T2' }, ['T2']);
test('… in `user_team`', says, { team: 'T1', user_team: 'T2' }, ['T1', 'T2']);
test('… in `source_team`', says, { source_team: 'T2' }, ['T2']);
test('… in the profile that comes with it', says, { user_profile: { team: 'T2' } }, ['T2']);
test('… or an organization', says, { user_team: 'E2', team: 'E2' }, ['E2']);
test('what is no id is left out', says, { team: null, user_team: 7, user_profile: 'x', source_team: '' }, []);

test('a command names the workspace in which it was typed', async (t) => {
  const { heard, command } = heardOf();
  await command({ team_id: 'T2' });
  t.deepEqual(heard[0]?.teams, ['T2']);
});

test('a press names the workspace of the person, beside that of the message', async (t) => {
  const { heard, press } = heardOf();
  await press('t1', '1795528805.25', { id: 'U2', team_id: 'T2' });
  t.deepEqual(heard[0]?.teams, ['T2']);
});

test('a form names the workspace of the person', async (t) => {
  const { heard, submit } = heardOf();
  await submit({ id: 'U2', team_id: 'T2' });
  t.deepEqual(heard[0]?.teams, ['T2']);
});

const isSilent = test.macro(async (t, event: object) => {
  const { heard, mention } = heardOf();
  await mention(event);
  t.deepEqual(heard, []);
});

test('an app that mentions the bot is not heard', isSilent, { bot_id: 'B1' });
test('a workflow is not heard', isSilent, { bot_profile: { id: 'B1', is_workflow_bot: true } });
test('an integration is not heard', isSilent, { subtype: 'bot_message' });
test('an event of nobody is not heard', isSilent, { user: undefined });

test('a mention is one message, by channel and ts; another event about it is an edit, and so is one that says so', async (t) => {
  const { heard, mention } = heardOf();
  await mention({});
  await mention({}, { event_id: 'Ev1' });
  await mention({}, { event_id: 'Ev2' });
  await mention({ edited: { user: 'U1', ts: '2' } }, { event_id: 'Ev3' });
  await mention({ ts: '1795528900.1' }, { event_id: 'Ev4' });
  t.deepEqual(
    heard.map(({ key, heard: how }) => [key, how]),
    [
      ['C1 1795528805.25', undefined],
      ['edited C1 1795528805.25', 'changed'],
      ['C1 1795528900.1', undefined],
    ],
  );
});

test('an event about a message that is older than what is remembered is no new one', async (t) => {
  const { heard, mention } = heardOf();
  await mention({}, { event_time: 1_795_528_806 + 3_700 });
  t.like(heard, [{ heard: 'changed' }]);
});

test('a form that Slack sends again is acknowledged and not heard again', async (t) => {
  const { heard, acks, submit } = heardOf();
  await submit({ id: 'U2' });
  await submit({ id: 'U2' });
  t.is(heard.length, 1);
  t.is(acks.length, 2);
});
