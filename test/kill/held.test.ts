import type { World } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { becomes, lin, people, says } from '../way/releasing.ts';
import { ada, aWay, type Way } from '../way/way.ts';
import { build } from './release-points.ts';

type RegistryAnswer = Parameters<NonNullable<World['registry']>['faults']['answer']>[1];

const version = /^GET \/v2\/sample\/out\/(manifests\/0\.1\.0|tags\/list)$/;
const page = '<!DOCTYPE html><title>Log in</title>';

/** What the registry, or whatever stands in front of it, answers instead, and what people read of it. */
const faults: readonly (readonly [what: string, answer: RegistryAnswer, sentence: RegExp])[] = [
  ['a redirect', { status: 302, headers: { location: 'https://sso.example.com/in' } }, /redirected to https:\/\/sso\.example\.com/],
  ['a page', { status: 200, headers: { 'content-type': 'text/html' }, body: page }, /returned a login page instead/],
  [
    'the 404 of a proxy',
    { status: 404, headers: { 'content-type': 'text/html' }, body: page },
    /does not answer as an image registry \(404/,
  ],
  ['half a 404', { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', half: true }, /closed the connection/],
  ['403', { status: 403, body: '{"errors":[{"code":"DENIED"}]}' }, /\(403, DENIED\)[\s\S]*`unreadable: push`/],
  ['502', { status: 502, body: page }, /answers 502/],
];

/** A run that has passed in a world whose registry answers so for the image of its release, and that is approved and held. */
async function held(t: ExecutionContext, answer: RegistryAnswer, sentence: RegExp): Promise<Way> {
  const release = { images: [{ ...build, name: 'release-stock', repository: 'sample/out' }] };
  const stages = [
    { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
    { name: 'release', release },
  ];
  const way = await aWay(t, { github: true, config: { stages, over: { people } } });
  way.world.registry?.faults.answer(version, answer);
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /It is not known whether `sample\/out:0\.1\.0` is already in the registry/);
  await says(way, lin, 'approve scheduler-1');
  await isHeld(t, way, sentence);
  return way;
}

async function isHeld(t: ExecutionContext, way: Way, sentence: RegExp): Promise<void> {
  await way.until(
    () => /on hold: It is not known/.test(way.shown('scheduler-1')) && sentence.test(way.shown('scheduler-1')),
    30_000,
    () => `${sentence}; it shows:\n${way.shown('scheduler-1')}`,
  );
  t.is((await way.record('scheduler-1'))?.state, 'approved');
  t.deepEqual(await pushed(way), []);
}

async function pushed({ world }: Way): Promise<string[]> {
  const images = (await world.registry?.images()) ?? [];
  return images.filter(({ repository }) => repository === 'sample/out').map(({ tag }) => tag);
}

test('killed while a registry does not tell whether an image is there: held with the reason, whatever it answers, until it tells', async (t) => {
  const [[, first, words] = ['', { status: 500 }, /./]] = faults;
  const way = await held(t, first, words);
  const { registry, bot } = way.world;
  t.regex(await says(way, ada, 'status'), /\*scheduler-1\* is approved as v0\.1\.0, on hold[\s\S]*It is not known whether/);
  for (const [what, answer, sentence] of faults) {
    await bot.end('SIGKILL');
    registry?.faults.clear();
    registry?.faults.answer(version, answer);
    await way.start();
    await isHeld(t, way, sentence);
    t.log(`${what}:\n${way.shown('scheduler-1')}`);
  }
  await bot.end('SIGKILL');
  registry?.faults.clear();
  await way.start();
  await becomes(way, 'scheduler-1', 'released');
  t.deepEqual(await pushed(way), ['0.1.0']);
  t.notRegex(way.shown('scheduler-1'), /on hold|not known/);
});

test('an image that turns out to be somebody else’s while it is held is never pushed over', async (t) => {
  const [[, redirect, words] = ['', { status: 500 }, /./]] = faults;
  const way = await held(t, redirect, words);
  way.world.registry?.faults.clear();
  way.world.registry?.faults.answer(version, { status: 200, body: 'x'.repeat(5 * 1024 ** 2) });
  await becomes(way, 'scheduler-1', 'failed');
  await way.showsUp('scheduler-1', /failed while being released[\s\S]*`sample\/out:0\.1\.0` is already in the registry\. Bump/);
  t.deepEqual(await pushed(way), []);
});

test('a release that is held is cancelled by a person, and pushes nothing afterwards', async (t) => {
  const [[, redirect, words] = ['', { status: 500 }, /./]] = faults;
  const way = await held(t, redirect, words);
  await says(way, ada, 'cancel scheduler-1');
  await becomes(way, 'scheduler-1', 'cancelled');
  way.world.registry?.faults.clear();
  await way.world.bot.end('SIGKILL');
  await way.start();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  t.deepEqual(await pushed(way), []);
});
