import test from 'ava';
import { aHarbour, approve, asks, isReleasedOnce, killedAt, type Point, requestsOf } from './release-points.ts';

const parts = 5;
/** More than the releases that a part needs; each is a run that has passed. */
const shipsOfPart = 8;

/** Points in the order of the requests. A life that has written nothing leaves the next one to find what the first one found: those share a release. */
function turnsOf(asked: readonly string[], part: number): Point[][] {
  const points = asked.flatMap((_, before): Point[] => [
    { before, when: 'held' },
    { before, when: 'answered' },
  ]);
  const firstWrite = asked.findIndex((request) => !request.startsWith('GET'));
  const reading = points.filter(({ before }) => before < firstWrite);
  const writing = points.filter(({ before }) => before >= firstWrite);
  const mine = <T>(all: readonly T[]) => all.filter((_, index) => index % parts === part);
  return [mine(reading), ...mine(writing).map((point) => [point])];
}

for (let part = 0; part < parts; part += 1) {
  test(`kill -9 between any two requests of a release, part ${part + 1} of ${parts}: one release with all assets, one tag, one message`, async (t) => {
    const harbour = await aHarbour(t, shipsOfPart);
    await asks(harbour);
    const { way } = harbour;
    const [first = '', ...ships] = harbour.runs;
    const before = requestsOf(harbour).length;
    approve(harbour, first);
    await isReleasedOnce(t, harbour, first, 'no kill');
    const asked = requestsOf(harbour).slice(before);
    t.true(asked.length > 15, asked.join('\n'));
    const turns = turnsOf(asked, part);
    t.true(turns.length <= ships.length, `${turns.length} releases are needed`);
    for (const [index, points] of turns.entries()) {
      const id = ships[index] ?? '';
      let begin = () => approve(harbour, id);
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
