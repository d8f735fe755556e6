import test from 'ava';
import { play, realLog, world } from './_player.ts';

test('a flag that Makisu has not is refused with its usage, and exit code 1', async (t) => {
  const { code, stderr } = await play(['build', '--nope', '-t=a:1', '.']);
  t.is(code, 1);
  t.regex(stderr, /^Error: unknown flag: --nope\nUsage:\n {2}makisu build -t=<image_tag> \[flags\] <context_path>\n/);
  t.regex(stderr, /\n {2}-f, --file string {21}The absolute path to the dockerfile \(default "Dockerfile"\)\n/);
  t.regex(stderr, /"msg":"unknown flag: --nope"\}\n$/);
});

for (const [words, message] of [
  [['-t=a:1'], 'Requires build context as argument'],
  [['-t'], "flag needs an argument: 't' in -t"],
  [['-x', '.'], "unknown shorthand flag: 'x' in -x"],
  [['--modifyfs=maybe', '.'], 'invalid argument "maybe" for "--modifyfs" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [['-t=a:1', '--commit=never', '/'], 'failed to process flags: invalid commit option: never'],
  [['-t=a:1', '--load', '/'], 'failed to process flags: --load is not played in the sandbox; leave it out or build on a real cluster'],
  [['.'], 'failed to get target image name: please specify a target image name: makisu build -t=(<registry:port>/)<repo>:<tag> ./'],
  [
    ['-t=a:1', '/nowhere'],
    'failed to create build plan: failed to get dockerfile: failed to lstat build context /nowhere: lstat /nowhere: no such file or directory',
  ],
] as const) {
  test(`build ${words.join(' ')} says: ${message}`, async (t) => {
    const { code, stderr } = await play(['build', ...words]);
    t.is(code, 1);
    t.is(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').msg, message);
  });
}

test('flags come with an equals sign or a space, short or long', async (t) => {
  const made = await world(t);
  await made.files({ 'other.dockerfile': 'FROM scratch\nCOPY a /a\n', a: 'a' });
  const { code } = await made.build('--file', 'other.dockerfile', '-t', 'team/app:1', '--log-level=info');
  t.is(code, 0);
  t.deepEqual(
    (await made.registry.images()).map(({ repository, tag }) => `${repository}:${tag}`),
    ['team/app:1'],
  );
});

test('RUN lines are not run, except those that only speak and end', async (t) => {
  const made = await world(t);
  const lines = ['touch /tmp/ran && exit 3', 'echo $(exit 3)', 'echo one; false; echo "two" >&2', 'make || exit 2', 'sleep 0 && true'];
  await made.files({ Dockerfile: `FROM scratch\n${lines.map((line) => `RUN ${line}\n`).join('')}` });
  const { code, said, lines: logged } = await made.build('-t=team/app:1');
  t.is(code, 0);
  t.is(said.filter((line) => line.startsWith('not run here')).length, 3);
  t.true(logged.some(({ level, msg }) => level === 'info' && msg === 'one\n'));
  t.true(logged.some(({ level, msg }) => level === 'error' && msg === 'two\n'));
  await made.files({ Dockerfile: 'FROM scratch\nRUN false && echo never\n' });
  const failed = await made.build('-t=team/app:1');
  // What the step before has stored is said whenever that is done, as Makisu does it in the background.
  t.deepEqual(failed.said.filter((line) => !line.startsWith('Stored cacheID')).slice(-3), [
    'Command exited with 1\n',
    '* Removed 0 directories under /',
    'failed to execute build plan: execute stage: build stage 0: build node: do execute: execute step: cmd wait: exit status 1',
  ]);
});

test('without a cache to stand in, redis is not found and the build goes on', async (t) => {
  const made = await world(t, { COXSWAIN_SANDBOX_CACHE: '' });
  await made.files({ Dockerfile: 'FROM scratch\nCOPY a /a\n', a: 'a' });
  const { code, said } = await made.build('-t=team/app:1');
  t.is(code, 0);
  const real = (await realLog('no-redis')).map(({ msg }) => msg);
  const opening = (all: readonly string[]): string[] =>
    all.filter((line) => /redis|Noop|noop/.test(line)).map((line) => line.replace(/[0-9a-f]{8}\b|: lookup.*/g, '…'));
  t.deepEqual(
    opening(said),
    opening(real).map((line) => line.replace('makisu-cash', 'makisu-cache')),
  );
});

test('a registry that does not answer ends the build with what happened', async (t) => {
  const made = await world(t, {
    COXSWAIN_SANDBOX_REGISTRIES: '{"registry.container-registry.svc.cluster.local:5000":"http://127.0.0.1:2"}',
  });
  await made.files({ Dockerfile: 'FROM scratch\nCOPY a /a\n', a: 'a' });
  const { code, said } = await made.build('-t=team/app:1');
  t.is(code, 1);
  t.true(said.some((line) => line.startsWith('Failed to push cache: push layer sha256:')));
  t.regex(said.at(-1) ?? '', /^failed to push image: failed to push image: check manifest exists for image .*: network error: Head "http:/);
});

test('the pace gives each step its time', async (t) => {
  const made = await world(t, { COXSWAIN_SANDBOX_PACE: '150' });
  await made.files({ Dockerfile: 'FROM scratch\nRUN a\nRUN b\n' });
  const start = performance.now();
  t.is((await made.build('--commit=explicit', '-t=team/app:1')).code, 0);
  t.true(performance.now() - start >= 4 * 150, 'three steps and one layer');
});

test('the console format reads as zap prints it', async (t) => {
  const { stderr } = await play(['build', '--log-fmt=console', '-t=a:1', '/nowhere']);
  t.true(stderr.includes('+0000\t\u001b[34mINFO\u001b[0m\tStarting Makisu build (version=v0.4.2)\n'));
});
