import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { pressApprove, told } from '../way/releasing.ts';
import { ada, aWay, type Way, wordsOf } from '../way/way.ts';

const [lin, eve, visitor, robot, gone] = ['U0456LIN', 'U0666EVE', 'U0777VISIT', 'U0888ROBOT', 'U0999GONE'];
const rival = 'T0RIVAL';
const stranger = { id: eve, name: 'eve', realName: 'Eve', team: rival };

/** Where nobody is named everyone is an operator; the channel is shared with another company, and holds a guest, a robot and somebody who left. */
async function shared(t: ExecutionContext, people: object = {}): Promise<Way> {
  const over = { people: { operators: [], approvers: ['S0456APPROVE'], ...people } };
  const way = await aWay(t, { github: true, release: true, config: { over } });
  const { slack } = way;
  slack.setUser(stranger);
  slack.setUser({ id: visitor, name: 'visitor', realName: 'Visitor', guest: 'ultra-restricted' });
  slack.setUser({ id: robot, name: 'robot', realName: 'Robot', isBot: true });
  slack.setUser({ id: gone, name: 'gone', realName: 'Gone', deleted: true });
  // A group may hold people whom it should not.
  slack.setGroup('S0456APPROVE', [lin, eve, visitor, robot, gone]);
  slack.join('#ci', eve, visitor, robot, gone);
  await way.start();
  return way;
}

const words = ['run scheduler', 'version scheduler patch', 'freeze an incident', 'audit', 'status', 'help', 'nonsense'];
const version = async ({ world }: Way) =>
  /<repo-version>(.*?)</.exec(await git(['show', 'main:README.md'], { cwd: world.sample.path }))?.[1];
const said = (way: Way, user: string) => way.slack.ephemerals(user).map(({ text }) => text);
/** What the bot has posted to everyone, beside the messages of runs. */
const posted = (way: Way) => way.slack.messages('#ci').filter(({ bot_id, text }) => bot_id && !/^scheduler-\d/.test(text));

async function didNothing(t: ExecutionContext, way: Way): Promise<void> {
  t.deepEqual(posted(way).map(wordsOf), [], 'nobody else sees a refusal');
  t.deepEqual(await way.records(), []);
  t.is(await version(way), '0.1.0');
  t.false(existsSync(join(way.world.data, 'freezes.json')));
  t.false(existsSync(join(way.world.data, 'audit.jsonl')));
}

test.serial(
  'strangers, guests, bots and deactivated accounts mention the bot: nothing is done, who is refused is told so alone',
  async (t) => {
    const way = await shared(t);
    for (const word of words) {
      for (const user of [eve, visitor, robot, gone]) await way.slack.type(user, '#ci', `@coxswain ${word}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    await way.slack.until(() => said(way, eve).length + said(way, visitor).length >= 2 * words.length);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const stranger = /^I only answer members of the workspace that coxswain belongs to/;
    for (const [user, sees] of [
      [eve, stranger],
      [visitor, /^I only answer guests if/],
    ] as const) {
      t.is(said(way, user).length, words.length);
      for (const sentence of said(way, user)) t.regex(sentence, sees);
    }
    t.deepEqual([...said(way, robot), ...said(way, gone)], []);
    await didNothing(t, way);
  },
);

test.serial('a stranger presses Approve and Reject, and somebody who became one submits a form that is open', async (t) => {
  const way = await shared(t);
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  t.regex(await told(way, eve, () => pressApprove(way, eve, 'scheduler-1')), /^I only answer members of the workspace/);
  const ts = way.messagesOf('scheduler-1')[0]?.ts ?? '';
  t.regex(await told(way, eve, () => way.slack.press(eve, { ts, action: 'Reject' })), /^I only answer members of the workspace/);
  t.deepEqual(way.slack.modals(eve), []);

  await way.slack.press(lin, { ts, action: 'Reject' });
  await way.slack.until(() => way.slack.modals(lin)[0]);
  way.slack.setUser({ id: lin, name: 'lin', realName: 'Lin', team: rival });
  t.deepEqual(await way.slack.submitView(lin, { text: 'too slow' }), { ok: false, error: 'errors' });
  t.regex(way.slack.modals(lin)[0]?.errors?.answer ?? '', /^I only answer members of the workspace/);
  t.like(await way.record('scheduler-1'), { state: 'passed', release: { votes: [] } });
});

test.serial('where Slack does not say who somebody is, nothing is done, and a person of ours is answered again afterwards', async (t) => {
  const way = await shared(t);
  way.slack.faults.statusNext('users.info', 503, 2);
  for (const word of ['freeze an incident', 'status']) {
    t.regex(
      await told(way, ada, () => way.slack.type(ada, '#ci', `/cox ${word}`)),
      /^Slack did not tell me who you are .*try again in a moment/,
    );
  }
  await didNothing(t, way);
  t.regex(await told(way, ada, () => way.slack.type(ada, '#ci', '/cox freeze an incident')), /frozen/i);
});

test.serial('who is welcome by the configuration is answered: another workspace, and a guest', async (t) => {
  const way = await shared(t, { workspaces: [rival], guests: [visitor] });
  for (const user of [eve, visitor]) {
    const before = posted(way).length;
    await way.slack.type(user, '#ci', '@coxswain whoami');
    await way.slack.until(() => posted(way)[before]);
    t.regex(posted(way).map(wordsOf).at(-1) ?? '', new RegExp(`^You are \`?${user}`));
  }
});
