import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { git } from '../../src/git/run-git.ts';
import { type SampleCommit, type SampleOptions, sampleRepository } from '../../src/git/sample.ts';

async function folders(t: ExecutionContext): Promise<SampleOptions & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'git-sample-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return { folder, repositories: join(folder, 'repositories'), work: join(folder, 'work'), base: 'registry:5000/library/busybox:1.35' };
}

/** Runs the sample's tests as its image would: in a folder that has what the Dockerfile copies. */
function tested(folder: string): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['test.sh'], { cwd: folder }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}

test('the sample starts with a short past and passing tests', async (t) => {
  const options = await folders(t);
  const sample = await sampleRepository(options);
  const commits = await sample.commits();
  t.deepEqual(
    commits.map(({ author, message }) => `${author}: ${message}`),
    ['Lin Zhao: Build an image of the scheduler', 'Ada Moreau: Give jobs to GPUs in turn'],
  );
  t.true(Date.parse(commits[1]?.date ?? '') < Date.parse(commits[0]?.date ?? ''));
  const { code, text } = await tested(join(options.work, 'scheduler'));
  t.is(code, 0, text);
  t.regex(text, /^=== RUN {3}TestLimit\n--- PASS: TestLimit \(\d+\.00s\)$/m);
  t.regex(text, /^ {4}RealGpu\.sh: no GPU here\n--- SKIP: TestRealGpu/m);
  t.regex(text, /\nPASS\nok {2}\tscheduler\t\d+\.00s\n$/);
});

test('six good commits in turn all pass, by several authors with several messages', async (t) => {
  const options = await folders(t);
  const sample = await sampleRepository(options);
  const made: SampleCommit[] = [];
  sample.onCommit((commit) => made.push(commit));
  for (let count = 0; count < 6; count += 1) {
    await sample.commitGood();
    const { code, text } = await tested(join(options.work, 'scheduler'));
    t.is(code, 0, text);
  }
  t.is(new Set(made.map(({ sha }) => sha)).size, 6);
  t.true(new Set(made.map(({ author }) => author)).size >= 3);
  t.true(new Set(made.map(({ message }) => message)).size >= 5);
});

test('a failing test says which, and the next good commit mends it', async (t) => {
  const options = await folders(t);
  const sample = await sampleRepository(options);
  const work = join(options.work, 'scheduler');
  for (const round of [1, 2]) {
    const bad = await sample.commitFailing('test');
    const failed = await tested(work);
    t.is(failed.code, 1, `round ${round}`);
    t.regex(failed.text, /^ {4}\w+\.sh: .*(want|limits)/m);
    t.regex(failed.text, /\n--- FAIL: Test/);
    t.regex(failed.text, /\nFAIL\nFAIL\tscheduler\t\d+\.00s\nFAIL\n$/);
    const good = await sample.commitGood();
    t.is(good.author, bad.author);
    t.is((await tested(work)).code, 0);
  }
});

test('a failing build fails by a RUN line or a missing file', async (t) => {
  const options = await folders(t);
  const sample = await sampleRepository(options);
  const dockerfiles: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    await sample.commitFailing('build');
    dockerfiles.push(await git(['show', 'main:Dockerfile'], { cwd: sample.path }));
  }
  t.true(dockerfiles.some((text) => /^RUN echo .* >&2 && exit 3 #!COMMIT$/m.test(text)));
  t.true(dockerfiles.some((text) => /^COPY version\.txt /m.test(text)));
  await sample.commitGood();
  t.notRegex(await git(['show', 'main:Dockerfile'], { cwd: sample.path }), /version\.txt|exit 3/);
});

test('commits that are asked for at once come one after the other', async (t) => {
  const sample = await sampleRepository(await folders(t));
  const made = await Promise.all([sample.commitGood(), sample.commitFailing('test'), sample.commitGood()]);
  const commits = await sample.commits(3);
  t.deepEqual(
    commits.map(({ sha }) => sha).reverse(),
    made.map(({ sha }) => sha),
  );
});

test('a sandbox that starts again takes up its repository, and follows the registry', async (t) => {
  const options = await folders(t);
  const before = await sampleRepository(options);
  await before.commitFailing('test');
  const same = await sampleRepository(options);
  t.is((await same.commits()).length, 3);
  t.is((await same.commitGood()).message, 'Mend what the last change broke');
  const moved = await sampleRepository({ ...options, base: 'elsewhere/busybox' });
  t.is((await moved.commits())[0]?.message, 'Follow the registry to its new address');
  t.regex(await git(['show', 'main:Dockerfile'], { cwd: moved.path }), /^FROM elsewhere\/busybox\n/);
});

test('the version in the README is raised by others, and stays what they made it', async (t) => {
  const options = await folders(t);
  const sample = await sampleRepository(options);
  const version = async () => /<repo-version>(.*?)<\/repo-version>/.exec(await git(['show', 'main:README.md'], { cwd: sample.path }))?.[1];
  t.is(await version(), '0.1.0');
  const clone = join(options.folder, 'clone');
  await git(['clone', '--quiet', sample.path, clone]);
  const raised = (await readFile(join(clone, 'README.md'), 'utf8')).replace('0.1.0', '0.2.0');
  await writeFile(join(clone, 'README.md'), raised);
  await git(['-c', 'user.name=bot', '-c', 'user.email=bot@example.com', 'commit', '--quiet', '--all', '--message=Raise it'], {
    cwd: clone,
  });
  await git(['push', '--quiet', 'origin', 'main'], { cwd: clone });
  for (let count = 0; count < 5; count += 1) {
    await sample.commitGood();
    t.is(await version(), '0.2.0');
  }
  t.regex(await git(['log', '--format=%s', 'main'], { cwd: sample.path }), /Raise it/);
});
