import test from 'ava';
import { aHarbour, asks, goesOn, holds, isReleasedOnce, killedAt, type Point, requestsOf } from './release-points.ts';

const parts = 5;
/** More than the releases that a part needs; each is a run that has passed. */
const shipsOfPart = 12;

/**
 * Points in the order of the requests. Before the first write a release is looked for when it begins, when its version is checked, and when it
 * is cut. A life that ends in the first half of that leaves the next one to find what the first one found: those share a release.
 */
function turnsOf(asked: readonly string[], part: number): Point[][] {
  const points = asked.flatMap((_, before): Point[] => [
    { before, when: 'held' },
    { before, when: 'answered' },
  ]);
  const half = asked.findIndex((request) => !request.startsWith('GET')) / 2;
  const reading = points.filter(({ before }) => before < half);
  const writing = points.filter(({ before }) => before >= half);
  const mine = <T>(all: readonly T[]) => all.filter((_, index) => index % parts === part);
  return [mine(reading), ...mine(writing).map((point) => [point])];
}

for (let part = 0; part < parts; part += 1) {
  test(`kill -9 between any two requests of a release, part ${part + 1} of ${parts}: one release with all assets, one tag, one message`, async (t) => {
    const harbour = await aHarbour(t, shipsOfPart);
    await asks(harbour);
    await holds(harbour);
    const { way } = harbour;
    const [first = '', ...ships] = harbour.runs;
    const before = requestsOf(harbour).length;
    goesOn(harbour, first);
    await isReleasedOnce(t, harbour, first, 'no kill');
    const asked = requestsOf(harbour).slice(before);
    t.true(asked.length > 15, asked.join('\n'));
    const turns = turnsOf(asked, part);
    t.true(turns.length <= ships.length, `${turns.length} releases are needed`);
    for (const [index, points] of turns.entries()) {
      const id = ships[index] ?? '';
      let begin = () => goesOn(harbour, id);
      for (const point of points) {
        const seen = await killedAt(harbour, point, begin);
        t.deepEqual(seen.slice(0, point.before + 1), asked.slice(0, point.before + 1));
        begin = () => way.world.bot.start();
      }
      await way.start();
      await isReleasedOnce(t, harbour, id, points.map(({ before: k, when }) => `${asked[k]} ${when}`).join(', '));
    }
    if (part === 0) t.log(`${asked.length} requests:\n${asked.join('\n')}`);
  });
}
