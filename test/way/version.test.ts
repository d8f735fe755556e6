import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { ada, aWay, guest, type Way, wordsOf } from './way.ts';

/** One stage, whose template says the version. */
async function stages(t: ExecutionContext): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-template-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const template = join(folder, 'versioned.yaml');
  const text = await readFile(new URL('../../manifests/jobs/makisu.yaml', import.meta.url), 'utf8');
  const annotation =
    '    example/version: {{ .Version | quote }}\n    example/duat: {{ printf "%s of %s" .duat.version .duat.module | quote }}\n';
  await writeFile(template, text.replace(/^( {2}annotations:\n)/m, `$1${annotation}`));
  return [{ name: 'image', image: { template, repository: 'sample/scheduler', workspace: '100Mi', values: { commit: 'explicit' } } }];
}

/** What the bot answers in the channel or, to one person alone, below it. */
async function answer(way: Way, user: string, text: string, wanted: RegExp): Promise<string> {
  const answers = () => [...way.slack.messages('#ci'), ...way.slack.ephemerals(user)].map(wordsOf).filter((words) => wanted.test(words));
  const before = answers().length;
  await way.slack.type(user, '#ci', text);
  await way.until(
    () => answers().length > before,
    15_000,
    () => `${text} to be answered by ${wanted}; there is ${way.slack.ephemerals(user).map(wordsOf).join('\n')}`,
  );
  return answers().at(-1) ?? '';
}

const head = async (way: Way) => (await git(['rev-parse', 'main'], { cwd: way.world.sample.path })).trim();

test('a version is raised by an operator, written as a commit that starts no run, and known to the next run and its template', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: await stages(t) } });
  await way.start();
  const before = await head(way);
  t.regex(await answer(way, guest, '/cox version scheduler', /is at/), /scheduler `main` is at \*0\.1\.0\*, in `README\.md`/);
  t.regex(await answer(way, guest, '/cox version scheduler patch', /for operators/), /`version … patch` is for operators/);
  t.is(await head(way), before);

  t.regex(await answer(way, ada, '/cox version scheduler patch', /Committed/), /\*0\.1\.0\* → \*0\.1\.1\*/);
  const raised = await head(way);
  t.is(await git(['log', '-1', '--format=%P %ae', raised], { cwd: way.world.sample.path }), `${before} coxswain@localhost\n`);
  t.regex(await git(['show', `${raised}:README.md`], { cwd: way.world.sample.path }), /<repo-version>0\.1\.1<\/repo-version>/);
  await way.until(() => way.lines.some((line) => line.includes('was pushed by the bot on top of the last seen commit')));

  await way.world.sample.commitGood();
  t.regex(await way.passes('scheduler-1'), /version 0\.1\.1/);
  const run = await way.record('scheduler-1');
  t.is(run?.version, '0.1.1');
  t.like(run?.stages[0]?.objects?.find(({ kind }) => kind === 'Job')?.metadata.annotations, {
    'example/version': '0.1.1',
    'example/duat': '0.1.1 of scheduler',
  });
  t.is((await way.records()).length, 1);
});

test('a run whose version cannot be read goes its way and says so', async (t) => {
  const over = { version: { from: 'file', path: 'VERSION' } };
  const way = await aWay(t, { config: { stages: await stages(t), repository: over } });
  await way.start();
  await way.world.sample.commitGood();
  t.regex(await way.passes('scheduler-1'), /Its version is unknown\. There is no file VERSION on `main`/);
  t.regex(await answer(way, ada, '/cox version scheduler minor', /VERSION/), /There is no file VERSION on `main`: commit it/);
});
