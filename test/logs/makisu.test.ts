import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Cause, ContainerEnd, Progress, Reader } from '../../src/core/logs.ts';
import { makisuReader } from '../../src/logs/makisu.ts';

const failed: ContainerEnd = { container: 'makisu', exitCode: 1, reason: 'Error' };

/** The lines of a real build by Makisu 0.4.2. */
function linesOf(name: string): string[] {
  return readFileSync(new URL(`fixtures/makisu-${name}.log`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

function read(lines: readonly string[]): Reader {
  const reader = makisuReader();
  for (const line of lines) reader.line(line);
  return reader;
}

const line = (level: string, msg: string) => JSON.stringify({ level, ts: 1795522038.5, msg });
const step = line('info', '* Step 2/3 (modifyfs) : RUN make all  (62a18a32)');

function shows(t: ExecutionContext, name: string, expected: Progress): void {
  t.like(read(linesOf(name)).progress(), expected);
}

test('a first build executes its steps', shows, 'first-build', {
  step: { n: 8, of: 8, what: 'CMD ["sh", "test.sh"]' },
  cacheHits: 0,
  cacheMisses: 3,
  imageBytes: 1088043,
});
test('a second build takes them from the cache', shows, 'cached-build', { cacheHits: 3, cacheMisses: 0 });
test('with a layer for each step, too', shows, 'implicit-cached', { cacheHits: 3, cacheMisses: 0, imageBytes: 1088499 });
test('steps count over several stages', shows, 'two-stages', {
  step: { n: 8, of: 8, what: '[2/2] ENTRYPOINT ["/greeting.txt"]' },
  imageBytes: 331,
});

test('the step of the second stage goes on where the first ended', (t) => {
  const lines = linesOf('two-stages');
  const second = lines.findIndex((text) => text.includes('Stage 2/2'));
  t.like(read(lines.slice(0, second)).progress().step, { n: 4, of: 4 });
  t.like(read(lines.slice(0, second + 3)).progress().step, { n: 5, of: 8, what: '[2/2] FROM scratch' });
});

test('a build without its cache goes on, and says so', (t) => {
  const { notes, cacheHits } = read(linesOf('no-redis')).progress();
  t.is(cacheHits, undefined);
  t.regex(notes?.[0] ?? '', /^The layer cache cannot be reached \(.*server misbehaving\); the build continues/);
});

test('pushing is shown while it lasts', (t) => {
  const lines = linesOf('first-build');
  const pushes = lines.findIndex((text) => text.includes('Started pushing image config'));
  t.true(read(lines.slice(0, pushes)).progress().pushing);
  t.is(read(lines).progress().pushing, undefined);
});

test('nothing is claimed before the log shows it', (t) => {
  t.deepEqual(read([]).progress(), {});
  t.deepEqual(read(linesOf('first-build').slice(0, 3)).progress(), {});
});

function means(t: ExecutionContext, name: string, expected: Partial<Cause>, excerpt: RegExp): void {
  const cause = read(linesOf(name)).cause(failed);
  t.like(cause, expected);
  t.regex(cause.excerpt.join('\n'), excerpt);
}

test('a failing RUN shows its own last lines', (t) => {
  const cause = read(linesOf('failing-run')).cause(failed);
  t.is(cause.kind, 'build-step');
  t.regex(cause.title, /^Step 6\/7 failed \(exited with 2\): RUN echo "compiling greeter".*…$/);
  const compiler = "greeter.c:12:5: error: 'retries' undeclared (first use in this function)";
  t.deepEqual(cause.excerpt, ["greeter.c: In function 'main':", 'compiling greeter', compiler]);
});

const registry = 'registry.container-registry.svc.cluster.local:5000';
test(
  'a base image that is not there',
  means,
  'missing-base',
  { kind: 'base-image', title: `The base image ${registry}/leafai/studio-go-runner-dev-base:0.0.5 is not in the registry` },
  /Step 1\/3: FROM .*\n.*manifest not found$/s,
);
test(
  'a file that is not in the commit',
  means,
  'missing-file',
  { kind: 'missing-file', title: 'COPY or ADD uses a file that is not in the commit: /workspace/version.txt' },
  /no such file/,
);
test(
  'a directive that Makisu does not know',
  means,
  'unsupported-directive',
  { kind: 'dockerfile', title: 'Line 2 of the Dockerfile: Makisu does not know SHELL' },
  /Unsupported/,
);
test(
  'a registry that is not there',
  means,
  'push-refused',
  { kind: 'registry', title: 'The registry makisu-cache:5000 cannot be reached: network is unreachable' },
  /^failed to push image/,
);

test('a command that the image does not hold', (t) => {
  const lines = [step, line('error', 'sh: maek: not found\n'), line('error', 'Command exited with 127\n')];
  const cause = read([...lines, line('error', 'failed to execute build plan: execute stage: cmd wait: exit status 127')]).cause(failed);
  t.is(cause.title, 'Step 2/3 failed (exited with 127: a command was not found): RUN make all');
  t.deepEqual(cause.excerpt, ['sh: maek: not found']);
});

test('standard error is in the excerpt though much standard output follows it', (t) => {
  const output = Array.from({ length: 100 }, (_, index) => line('info', `line ${index}\n`));
  const cause = read([
    step,
    line('error', 'the reason\n'),
    ...output,
    line('error', 'failed to execute build plan: cmd wait: exit status 1'),
  ]).cause(failed);
  t.is(cause.excerpt[0], 'the reason');
  t.is(cause.excerpt.at(-1), 'line 99');
  t.true(cause.excerpt.length <= 20);
});

test('a chunk of output is as many lines as it has', (t) => {
  const cause = read([
    step,
    line('error', 'a\n\u001b[31mb\u001b[0m\n\nc\n'),
    line('error', 'failed to execute build plan: cmd wait: exit status 1'),
  ]).cause(failed);
  t.deepEqual(cause.excerpt, ['a', 'b', 'c']);
});

test('what a RUN prints is not taken for words of Makisu', (t) => {
  const words = ['* Step 9/9 (commit) : FROM x  (abc)\n', '* Stage 3/3 : (alias=0)\n', '* a list\n', 'failed to push image: not really\n'];
  const reader = read([step, ...words.map((word) => line('info', word))]);
  t.like(reader.progress().step, { n: 2, of: 3 });
  t.regex(reader.cause({ container: 'makisu', exitCode: 137, reason: 'OOMKilled' }).excerpt.join('\n'), /\* a list/);
});

test('out of memory, in the step under way', (t) => {
  const cause = read([step, line('info', 'linking\n')]).cause({ container: 'makisu', exitCode: 137, reason: 'OOMKilled' });
  t.is(cause.kind, 'oom');
  t.regex(cause.title, /^The build ran out of memory.*, in step 2\/3: RUN make all$/);
  t.deepEqual(cause.excerpt, ['linking']);
});

test('a log that breaks off', (t) => {
  const cause = read([step, line('error', 'last words\n')]).cause(failed);
  t.is(cause.title, 'makisu exited with 1, in step 2/3: RUN make all');
  t.deepEqual(cause.excerpt, ['last words']);
});

test('a panic of Makisu itself', (t) => {
  const cause = read([step, 'panic: runtime error: index out of range [1]', '', 'goroutine 1 [running]:', 'main.main()']).cause({
    container: 'makisu',
    exitCode: 2,
  });
  t.regex(cause.title, /exited with 2: panic: runtime error: index out of range \[1\], in step 2\/3/);
});

test('a line that was cut on its way still tells', (t) => {
  const cut = line('error', `${'x'.repeat(50)}\nthe reason`).slice(0, -4);
  const cause = read([step, cut, line('error', 'failed to execute build plan: cmd wait: exit status 1')]).cause(failed);
  t.deepEqual(cause.excerpt, ['x'.repeat(50), 'the reas']);
});

function pushed(lines: readonly string[]) {
  const reader = makisuReader();
  for (const line of lines) reader.line(line);
  return reader.pushed?.();
}

const pushLine = (msg: string) => JSON.stringify({ level: 'info', ts: 1795522038.5, msg });
const of = (digit: string) => `sha256:${digit.repeat(64)}`;
const config = `* Started pushing image config ${of('c')}`;
const build = [
  '* Step 1/1 (commit,modifyfs) : RUN make  (62a18a32)',
  'Successfully built image acme/app:1',
  '* Started pushing image registry:5000/acme/app:1',
  `* Skipped pushing existing layer acme/app:${of('1')}`,
  `* Started pushing layer ${of('2')}`,
  config,
  '* Pushed image registry:5000/acme/app:1',
];
const without = (msg: string) => build.filter((one) => one !== msg).map(pushLine);

test('configuration and layers of what was pushed, whether they were sent or there already', (t) => {
  t.deepEqual(pushed(build.map(pushLine)), { config: of('c'), layers: [of('1'), of('2')] });
  const there = build.map((msg) => msg.replace(config, `* Skipped pushing existing image config acme/app:${of('c')}`));
  t.deepEqual(pushed(there.map(pushLine)), { config: of('c'), layers: [of('1'), of('2')] });
});

for (const name of ['first-build', 'cached-build', 'implicit', 'implicit-cached', 'two-stages', 'no-redis', 'no-registry-config']) {
  test(`of a real build, ${name}, all is known`, (t) => {
    const image = pushed(linesOf(name));
    t.regex(image?.config ?? '', /^sha256:[0-9a-f]{64}$/);
    t.true((image?.layers.length ?? 0) > 0);
  });
}

for (const name of ['failing-run', 'missing-base', 'missing-file', 'push-refused', 'unsupported-directive']) {
  test(`of a real build that failed, ${name}, nothing is known`, (t) => t.is(pushed(linesOf(name)), undefined));
}

test('a log without its end, or without the line of the configuration, names no image', (t) => {
  for (let at = 0; at < build.length; at++) t.is(pushed(build.slice(0, at).map(pushLine)), undefined);
  t.is(pushed(without(config)), undefined);
});

test('a RUN line that says the same words before the build has ended changes nothing', (t) => {
  const forged = [...build.slice(1), `* Started pushing image config ${of('e')}`].map(pushLine);
  const printed = forged.map((text) => pushLine(`${JSON.parse(text).msg}\n`));
  const [step = '', ...rest] = build.map(pushLine);
  t.deepEqual(pushed([step, ...forged, ...rest]), { config: of('c'), layers: [of('1'), of('2')] });
  t.deepEqual(pushed([step, ...printed, ...rest]), { config: of('c'), layers: [of('1'), of('2')] });
});

test('two configurations are a doubt: nobody can tell which one is the image', (t) => {
  t.is(pushed([...build.slice(0, -1), `* Started pushing image config ${of('e')}`, ...build.slice(-1)].map(pushLine)), undefined);
});

test('the same image pushed to a second registry is still one', (t) => {
  const again = build.slice(2).map((msg) => msg.replace('registry:5000', 'quay.io'));
  t.deepEqual(pushed([...build, ...again].map(pushLine)), { config: of('c'), layers: [of('1'), of('2')] });
  t.is(pushed([...build, ...again.slice(0, -1)].map(pushLine)), undefined);
});

const lineOf = (level: string, msg: string, more = {}) => JSON.stringify({ level, ts: 1795521969.7, msg, ...more });
const shown = (text: string) => makisuReader().shown(text);
const reads = test.macro((t, text: string, ...wanted: string[]) => t.deepEqual(shown(text), wanted));

test('of JSON the message is read', reads, lineOf('info', '* Step 1/2 : FROM scratch', { duration: 0.01 }), '* Step 1/2 : FROM scratch');
test('a warning and an error say so', reads, lineOf('warn', 'No redis'), 'warn: No redis');
test('what a RUN prints is no error because of its stream', reads, lineOf('error', 'go: downloading x\n'), 'go: downloading x');
test('what it prints at once are several lines', reads, lineOf('info', 'a\n\n  b\n'), 'a', '', '  b');
test('fields that nobody knows are kept', reads, lineOf('error', 'push failed', { status: 502 }), 'error: push failed status=502');
test('colours are taken out', reads, lineOf('info', '\u001b[31mred\u001b[0m\n'), 'red');
test(
  'a line that was cut on its way is read as far as it goes',
  reads,
  '{"level":"error","ts":17.5,"msg":"half a \\"messa',
  'error: half a "messa',
);
test('any other line is as it was', reads, 'panic: {"level":"x"}', 'panic: {"level":"x"}');
test('so is JSON of another kind', reads, '{"level":"info","message":"x"}', '{"level":"info","message":"x"}');

test('no line of a real log is left as JSON', (t) => {
  for (const name of ['makisu-first-build', 'makisu-failing-run', 'makisu-push-refused']) {
    const log = readFileSync(new URL(`fixtures/${name}.log`, import.meta.url), 'utf8').split('\n');
    t.notRegex(log.flatMap(shown).join('\n'), /"level":/, name);
  }
});
