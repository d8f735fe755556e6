import type { Loss } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { notesFrom } from '../../src/pipeline/release/notes.ts';
import { aPlace, kept, name, type Place } from '../clients/github/_github.ts';
import { aRelease, aRepository, passedRun } from '../pipeline/releasing.ts';

const losses: readonly Loss[] = ['empty', 'short', 'broken', 'page', 'other', 'gateway'];
const minuteMs = 60_000;

/** A whole release of one run, from its vote to its publication, by the client of GitHub that the bot has. */
function aWholeRelease(place: Place, number: number, notes: 'commits' | 'generated') {
  const sha = place.commit(`fix: number ${number}`);
  const tag = `v1.0.${number}`;
  const approvals = { votes: 2, of: ['U2', 'U3'], expires: 1e9, self: false };
  const repository = { ...aRepository({ approvals, github: { assets: ['bin/*'], notes, log: false } }), github: name };
  const run = passedRun(number, { version: tag.slice(1), commit: { sha } });
  const { releases } = place;
  const release = aRelease([run], { repository, github: releases });
  const news = notesFrom(releases, { isOwn: () => false });
  Object.assign(release.deps, { notes: news, changes: news });
  const now = () => release.book.get(run.id) ?? run;
  /** As the work queue does it: what fails is tried again. */
  const steps = async (most: number, isDone: () => boolean) => {
    for (let left = most; left > 0 && !isDone(); left--) {
      await release.step(run.id).catch(() => undefined);
      release.clock.now = new Date(release.clock.now.getTime() + minuteMs + 1);
    }
  };
  return { tag, sha, now, steps, approve: (by: string) => release.approve(run.id, by), book: release.book };
}

type WholeRelease = ReturnType<typeof aWholeRelease>;

async function isPublished(t: ExecutionContext, place: Place, { tag, sha, now }: WholeRelease, when: string): Promise<void> {
  const made = place.stand.releases(name).filter((one) => one.tag === tag);
  t.deepEqual(
    made.map(({ draft, target, assets }) => ({ draft, target, assets: assets.map((one) => one.name) })),
    [{ draft: false, target: sha, assets: ['runner'] }],
    when,
  );
  t.is(place.tagSha(tag), sha, when);
  t.is(String(await kept(place, tag, 'runner')), 'abc', when);
  t.regex(made[0]?.body ?? '', /number \d+|Full Changelog/, when);
  t.is(now().release?.github?.state, 'published', when);
}

test('half an answer to any request of a release neither ends it, nor voids its votes, nor empties its notes', async (t) => {
  let place = await aPlace(t);
  const asked: string[] = [];
  /** One release; the answers to its request of that number are lost while `broken` says so. */
  const once = async (number: number, lost: number, how: Loss | undefined) => {
    const release = aWholeRelease(place, number, number % 2 === 0 ? 'commits' : 'generated');
    const { now, steps } = release;
    const when = `${how} instead of ${asked[lost]}`;
    let count = 0;
    let route: string | undefined;
    const { faults } = place.stand;
    faults.clear();
    // The request of that number, and the same again.
    if (how)
      faults.loseNext(
        (request) => {
          if (count++ === lost) route = request;
          return route === request;
        },
        how,
        12,
      );
    const isAsking = () => now().release?.openedAt !== undefined && now().release?.problem === undefined;
    await steps(12, isAsking);
    await release.approve('U2');
    // During the vote it is looked again whether the version is free.
    await steps(2, () => false);
    t.deepEqual(
      now().release?.votes.map(({ by }) => by),
      ['U2'],
      when,
    );
    t.is(now().release?.problem, undefined, when);
    await release.approve('U3');
    await steps(4, () => now().state === 'released');
    if (now().state === 'released') await isPublished(t, place, release, when);
    faults.clear();
    await steps(12, () => now().state === 'released');
    t.is(now().state, 'released', `${when}: ${JSON.stringify(now().release)}`);
    await isPublished(t, place, release, when);
  };
  await once(1, -1, undefined);
  const before = place.stand.requests().length;
  await once(2, -1, undefined);
  asked.push(...place.stand.requests().slice(before));
  t.true(asked.length > 20, `${asked.length} requests`);
  for (const [lost] of asked.entries()) {
    // One of them alone would reach the limit of 5,000 requests in an hour.
    place = await aPlace(t);
    for (const [index, how] of losses.entries()) await once(index + 1, lost, how);
  }
  t.log(`${asked.length} requests, ${asked.length * losses.length} releases`);
});
