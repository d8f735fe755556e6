import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { lin, people, says } from '../way/releasing.ts';
import { aWay, type Way } from '../way/way.ts';

const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };
const stages = [
  { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
  { name: 'release', release: { github: { assets: [] } } },
];
const reversed = 'feature/\u202eniam';
const hidden = 'feature/ma\u200bin';

/** A commit on a branch of that name, made by a person of a hostile name. */
function push({ world: { sample } }: Way, branch: string): void {
  const who = {
    GIT_AUTHOR_NAME: 'Ada\u2066',
    GIT_AUTHOR_EMAIL: 'm@example.com',
    GIT_COMMITTER_NAME: 'm',
    GIT_COMMITTER_EMAIL: 'm@example.com',
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: sample.path, encoding: 'utf8', env: { PATH: process.env.PATH, ...who } }).trim();
  const sha = git('commit-tree', `${sample.branch}^{tree}`, '-p', sample.branch, '-m', `Fix \u202egnihtemos 👩‍💻 of ${branch.length}`);
  git('update-ref', `refs/heads/${branch}`, sha);
}

/** The confirmation of the Approve button, as text. */
function confirmation(way: Way, id: string): string {
  const [message] = way.messagesOf(id);
  const found = /"confirm":\{"title":.*?"deny"/.exec(JSON.stringify(message?.blocks ?? []));
  return found?.[0] ?? '';
}

const start = (t: Parameters<typeof aWay>[0]) => aWay(t, { github: true, config: { stages, over: { people } } });

test('a branch that releases do not come from is not offered to anybody, and a hidden character in its name is written', async (t) => {
  const way = await start(t);
  await way.start();
  for (const branch of [reversed, hidden]) push(way, branch);
  await way.passes('scheduler-1', 60_000);
  await way.passes('scheduler-2', 60_000);
  for (const id of ['scheduler-1', 'scheduler-2']) {
    const shown = way.shown(id);
    t.regex(shown, /feature\/(\\u\{202e\}niam|ma\\u\{200b\}in)/);
    t.notRegex(shown, /[\u202a-\u202e\u2066-\u2069\u200b]/);
    t.regex(shown, /by Ada\\u\{2066\}/);
    t.regex(shown, /👩‍💻/u);
    t.regex(shown, /no release: releases come from `main`/);
    t.notRegex(shown, /Approve/);
    t.regex(await says(way, lin, `approve ${id}`), new RegExp(`${id} will not be released: releases come from \`main\``));
  }
  t.deepEqual(way.thread('scheduler-1').length + way.thread('scheduler-2').length, 0);
  t.deepEqual(way.world.github?.releases(githubName), []);
});

test('who is asked for an approval is told the branch: in the message, in its button, in its confirmation and in the thread', async (t) => {
  const way = await start(t);
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve v0\.1\.0 of main/);
  await way.until(() => /needs approval/.test(way.threadWords('scheduler-1')));
  t.regex(way.shown('scheduler-1'), /\*Release v0\.1\.0\*.* branch `main`/);
  t.regex(confirmation(way, 'scheduler-1'), /on branch main will be released as v0\.1\.0/);
  t.regex(way.threadWords('scheduler-1'), /on branch `main` has passed and needs approval/);
});

test('a vote that is open when the configuration takes its branch out is refused, over a kill, and the run ends as passed', async (t) => {
  const way = await start(t);
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/);
  await way.world.bot.end('SIGKILL');
  const text = await readFile(way.world.configFile, 'utf8');
  await writeFile(way.world.configFile, text.replace(/( +)release:\n/, '$1release:\n$1  branches: [feature/*]\n'));
  await way.start();
  t.regex(await says(way, lin, 'approve scheduler-1'), /scheduler-1 will not be released: releases come from `feature\/\*`/);
  await way.showsUp('scheduler-1', /no release: releases come from `feature\/\*`/);
  t.is((await way.record('scheduler-1'))?.state, 'passed');
  t.notRegex(way.shown('scheduler-1'), /Approve/);
  t.deepEqual(way.world.github?.releases(githubName), []);
});
