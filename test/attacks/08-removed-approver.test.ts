import { githubName } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { becomes, lin, pressApprove, says, told } from '../way/releasing.ts';
import { ada, aWay, type Way } from '../way/way.ts';

const people = { operators: ['S0123OPS'], approvers: ['S0456APPROVE'] };
const [max, group] = ['U0321MAX', 'S0456APPROVE'];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const releases = ({ world }: Way) => world.github?.releases(githubName) ?? [];

/** A run that waits for approval. The bot has just seen who is in both groups. */
async function voting(t: ExecutionContext, votes = 1): Promise<Way> {
  const approvals = { votes, expires: '1h' };
  const release = { approvals, github: { assets: [], notes: 'commits', log: false }, images: [] };
  const stages = [
    { name: 'test', test: { template: 'test' } },
    { name: 'release', release },
  ];
  const image = {
    name: 'image',
    image: { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' }, repository: 'sample/scheduler' },
  };
  const way = await aWay(t, { github: true, config: { stages: [image, ...stages], over: { people } } });
  way.slack.setUser({ id: max, name: 'max', realName: 'Max' });
  way.slack.setGroup(group, [lin, max]);
  way.slack.join('#ci', max);
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  for (const user of [lin, ada]) await says(way, user, 'whoami');
  return way;
}

test.serial('who was taken out of a group, or deactivated, a moment ago decides nothing', async (t) => {
  const way = await voting(t);
  way.slack.setGroup(group, [max]);
  t.regex(
    await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')),
    /You may not approve or reject releases: .*you are not among them/,
  );
  t.regex(await says(way, lin, 'reject scheduler-1 too slow'), /You may not approve or reject releases/);
  t.regex(await says(way, lin, 'notes scheduler-1 "by hand"'), /You may not approve or reject releases/);
  t.regex(await says(way, lin, 'freeze an incident'), /you are neither/);

  way.slack.setGroup('S0123OPS', []);
  for (const word of ['cancel scheduler-1', 'run scheduler', 'version scheduler patch'])
    t.regex(await says(way, ada, word), /is for operators, and you are not one/);

  way.slack.setGroup(group, [lin]);
  way.slack.setUser({ id: lin, name: 'lin', realName: 'Lin', deleted: true });
  await pressApprove(way, lin, 'scheduler-1');
  await pause(4_000);
  t.like(await way.record('scheduler-1'), { state: 'passed', release: { votes: [] } });
  t.deepEqual(releases(way), []);
});

test.serial('where Slack does not say who is in the group nothing is decided, the refusal says so, and looking still works', async (t) => {
  const way = await voting(t);
  way.slack.faults.statusNext('usergroups.users.list', 503);
  t.regex(
    await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')),
    /^It is not known whether you may approve releases: .*Nothing was done/,
  );
  way.slack.faults.rateLimitNext('usergroups.users.list', 3);
  t.regex(await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')), /try again in 3 s/);
  t.regex(await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')), /try again in [123] s/);
  t.regex(await says(way, lin, 'whoami'), /Approver: yes/);
  t.like(await way.record('scheduler-1'), { state: 'passed', release: { votes: [] } });
  await pause(3_100);
  const before = way.slack.calls('usergroups.users.list').length;
  await Promise.all(Array.from({ length: 30 }, () => pressApprove(way, lin, 'scheduler-1')));
  const asked = way.slack.calls('usergroups.users.list').slice(before);
  t.true(asked.length <= 2, `thirty presses at once cost ${asked.length} questions about one group`);
  await becomes(way, 'scheduler-1', 'released');
});

test.serial('the vote of who was taken out meanwhile does not count with the deciding one', async (t) => {
  const way = await voting(t, 2);
  t.regex(await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')), /1 more vote/);
  way.slack.setGroup(group, [max]);
  t.regex(await told(way, max, () => pressApprove(way, max, 'scheduler-1')), /1 more vote/);
  t.like(await way.record('scheduler-1'), { state: 'passed', release: { votes: [{ by: max }] } });
});

test.serial('a release that a freeze has held begins only while those who approved it still may', async (t) => {
  const way = await voting(t);
  t.regex(await says(way, ada, 'freeze an incident'), /frozen/i);
  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  await becomes(way, 'scheduler-1', 'approved');
  await way.showsUp('scheduler-1', /on hold: releases are frozen/);
  way.slack.setGroup(group, [max]);
  await says(way, ada, 'unfreeze');
  await becomes(way, 'scheduler-1', 'cancelled');
  t.regex(await way.showsUp('scheduler-1', /cancelled/), /U0456LIN may no longer approve/);
  t.deepEqual(releases(way), []);
});
