import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { aWay } from '../way/way.ts';

const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const job = (spec: string) => `---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: image}\nspec: ${spec}\n`;
const whole = job('{template: {spec: {containers: [{name: a, image: docker.io/library/busybox:1.35, command: ["true"]}]}}}');

/** What stands in the place of the template, and what the run says of it. */
const mistakes: readonly (readonly [what: string, text: string | ((path: string) => Promise<void>), said: RegExp])[] = [
  ['cyclic YAML', `${map}data: &x {a: *x}\n${whole}`, /is inside its own anchor/],
  [
    'aliases that multiply',
    `${map}a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`).join('')}${whole}`,
    /too large|alias/i,
  ],
  ['a folder', (path) => mkdir(path).then(() => undefined), /is a folder/],
  ['a link to itself', (path) => symlink(path, path), /symbolic links/],
  ['no file', async () => undefined, /there is no template/],
  ['an address in place of a version', `${map.replace('v1', '../healthz')}${whole}`, /apiVersion/],
  ['a list in place of a map', job('[1]'), /no spec\.template\.spec\.containers/],
  ['a text in place of a list', job('{template: {spec: {containers: abc}}}'), /refused|invalid|BadRequest|cannot be used/i],
  ['fields that Kubernetes does not know', job('{template: {spec: {nonsense: 1, containers: [{name: a, image: b}]}}}'), /unknown field/],
];

test('each mistake of a template ends its run at once, with one sentence, and is never tried again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-template-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'job.yaml');
  await writeFile(path, whole);
  const way = await aWay(t, { config: { stages: [{ name: 'image', image: { template: path, repository: 'sample/scheduler' } }] } });
  await way.start();
  for (const [index, [what, text, said]] of mistakes.entries()) {
    const id = `scheduler-${index + 1}`;
    await rm(path, { recursive: true, force: true });
    await (typeof text === 'string' ? writeFile(path, text) : text(path));
    await way.world.sample.commitGood();
    const began = Date.now();
    const shown = await way.showsUp(id, /failed after/, 20_000).catch(() => `${way.shown(id)}\nstill not over`);
    const tries = way.lines.filter((line) => line.includes(`${id}: `) && line.includes('; retrying in ')).length;
    t.log(
      `${what}: ${Date.now() - began} ms, ${tries} times tried again; ${
        shown
          .split('\n')
          .find((line) => said.test(line))
          ?.slice(0, 160) ?? shown
      }`,
    );
    t.regex(shown, said, what);
    t.is(tries, 0, what);
    await way.until(() => said.test(way.threadWords(id)), 20_000);
    t.is(way.thread(id).filter((post) => said.test(JSON.stringify(post))).length, 1, what);
  }
  t.true(way.world.bot.running);
  await rm(path, { recursive: true, force: true });
  await writeFile(path, whole);
});
