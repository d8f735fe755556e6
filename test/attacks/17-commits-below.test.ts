import { execFileSync } from 'node:child_process';
import test from 'ava';
import { ada, aWay, type Way } from '../way/way.ts';

const stages = [{ name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } }];

/** A commit on a branch of the bare repository, by whoever is said, pushed at once. Gives its id. */
function commit(way: Way, branch: string, by: string, subject: string): string {
  const { path } = way.world.sample;
  const env = { PATH: process.env.PATH ?? '', ...who(by) };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, encoding: 'utf8', env }).trim();
  const parent = git('rev-parse', branch);
  const sha = git('commit-tree', `${parent}^{tree}`, '-p', parent, '-m', subject);
  git('update-ref', `refs/heads/${branch}`, sha, parent);
  return sha;
}

function who(email: string): Record<string, string> {
  const name = email.split('@')[0] ?? email;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

const own = (way: Way) => way.lines.filter((line) => line.includes('was pushed by the bot on top of the last seen commit'));

test("a commit of somebody who writes the bot's e-mail into it hides nothing that lies below", async (t) => {
  const way = await aWay(t, { config: { stages } });
  await way.start();
  // Between two polls: what a person has changed, and on top of it what looks like the bot's.
  commit(way, 'main', 'mallory@example.com', 'Open a door');
  const top = commit(way, 'main', 'coxswain@localhost', 'Set the version to 0.1.1');
  await way.until(async () => (await way.records()).length === 1, 20_000);
  t.is((await way.record('scheduler-1'))?.commit.sha, top);
  t.deepEqual(own(way), []);
});

test('what a person pushes while the bot raises the version has its run, with the commit of the bot, and says so', async (t) => {
  const way = await aWay(t, { github: true, config: { stages } });
  await way.start();
  const faults = way.world.github?.faults;
  if (!faults) return t.fail('no GitHub');
  let below = '';
  // In the moment in which the bot writes: GitHub compares the file alone, and so takes its commit on top of this one.
  faults.failNext(
    (request) => {
      if (below === '' && /^PUT .*\/contents\//.test(request)) below = commit(way, 'main', 'lin@example.com', 'Count the jobs');
      return false;
    },
    { status: 500 },
  );
  await way.slack.type(ada, '#ci', '/cox version scheduler patch');
  await way.until(async () => below !== '' && (await way.records()).length === 1, 30_000);
  const run = await way.record('scheduler-1');
  t.is(run?.commit.author?.email, 'coxswain@localhost');
  const parents = execFileSync('git', ['log', '-1', '--format=%P', run?.commit.sha ?? ''], {
    cwd: way.world.sample.path,
    encoding: 'utf8',
  });
  t.is(parents.trim(), below);
  await way.showsUp('scheduler-1', /includes earlier commits that had no run/);
});

test('a version that is raised on what was seen starts no run, several in a row neither, also over a kill', async (t) => {
  const way = await aWay(t, { github: true, config: { stages } });
  await way.start();
  for (const version of ['0.1.1', '0.1.2']) {
    await way.slack.type(ada, '#ci', '/cox version scheduler patch');
    await way.until(() => own(way).length > (version === '0.1.1' ? 0 : 1), 20_000);
  }
  await way.world.bot.end('SIGKILL');
  await way.start();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  t.deepEqual(await way.records(), []);
});
