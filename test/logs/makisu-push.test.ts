import { readFileSync } from 'node:fs';
import test from 'ava';
import { makisuReader } from '../../src/logs/makisu.ts';

/** The lines of a real build by Makisu 0.4.2. */
function linesOf(name: string): string[] {
  return readFileSync(new URL(`fixtures/makisu-${name}.log`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

function pushed(lines: readonly string[]) {
  const reader = makisuReader();
  for (const line of lines) reader.line(line);
  return reader.pushed?.();
}

const line = (msg: string) => JSON.stringify({ level: 'info', ts: 1795522038.5, msg });
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
const without = (msg: string) => build.filter((one) => one !== msg).map(line);

test('configuration and layers of what was pushed, whether they were sent or there already', (t) => {
  t.deepEqual(pushed(build.map(line)), { config: of('c'), layers: [of('1'), of('2')] });
  const there = build.map((msg) => msg.replace(config, `* Skipped pushing existing image config acme/app:${of('c')}`));
  t.deepEqual(pushed(there.map(line)), { config: of('c'), layers: [of('1'), of('2')] });
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
  for (let at = 0; at < build.length; at++) t.is(pushed(build.slice(0, at).map(line)), undefined);
  t.is(pushed(without(config)), undefined);
});

test('a RUN line that says the same words before the build has ended changes nothing', (t) => {
  const forged = [...build.slice(1), `* Started pushing image config ${of('e')}`].map(line);
  const printed = forged.map((text) => line(`${JSON.parse(text).msg}\n`));
  const [step = '', ...rest] = build.map(line);
  t.deepEqual(pushed([step, ...forged, ...rest]), { config: of('c'), layers: [of('1'), of('2')] });
  t.deepEqual(pushed([step, ...printed, ...rest]), { config: of('c'), layers: [of('1'), of('2')] });
});

test('two configurations are a doubt: nobody can tell which one is the image', (t) => {
  t.is(pushed([...build.slice(0, -1), `* Started pushing image config ${of('e')}`, ...build.slice(-1)].map(line)), undefined);
});

test('the same image pushed to a second registry is still one', (t) => {
  const again = build.slice(2).map((msg) => msg.replace('registry:5000', 'quay.io'));
  t.deepEqual(pushed([...build, ...again].map(line)), { config: of('c'), layers: [of('1'), of('2')] });
  t.is(pushed([...build, ...again.slice(0, -1)].map(line)), undefined);
});
