import test from 'ava';
import type { Run } from '../../../src/core/run/run.ts';
import { aGithub, aRelease, passedRun } from '../releasing.ts';

/** GitHub that keeps what it is told, and a bot that ends at one of the requests: before it, after it, or before its outcome is saved. */
function aCrash(at: number, when: 'before' | 'after' | 'unsaved') {
  const kept = { drafts: 0, assets: new Set<string>(), published: 0, requests: 0 };
  const bot: { failSaves?: (fail: boolean) => void } = {};
  const asked = async <T>(effect: () => T): Promise<T> => {
    const isHere = kept.requests++ === at;
    if (isHere && when === 'before') throw new Error('killed');
    const answer = effect();
    if (isHere && when === 'after') throw new Error('killed');
    if (isHere) bot.failSaves?.(true);
    return answer;
  };
  const release = (now = {}) => {
    Object.assign(kept, now);
    return { id: 1, url: 'there', draft: kept.published === 0 };
  };
  const found = () => (kept.published > 0 ? 'published' : 'draft');
  const { github } = aGithub({
    findRelease: () => asked(() => (kept.drafts > 0 ? { state: found(), ours: true, release: release() } : { state: 'none' })),
    tagSha: () => asked(() => (kept.published > 0 ? '1'.repeat(40) : undefined)),
    ensureDraft: () => asked(() => release({ drafts: 1 })),
    ensureAsset: (_github, _id, { name }) => asked(() => ({ id: kept.assets.add(name).size, name })),
    publish: () => asked(() => release({ published: 1 })),
  });
  return { kept, github, bot };
}

/** Goes on, over every end of the bot, until the run is over. */
async function toTheEnd({ github, bot }: ReturnType<typeof aCrash>): Promise<Run | undefined> {
  let runs: readonly Run[] = [passedRun(1)];
  for (let starts = 0; starts < 3; starts += 1) {
    const release = aRelease(runs, { github });
    bot.failSaves = release.failSaves;
    try {
      for (let steps = 0; steps < 10; steps += 1) {
        const run = await release.step('app-1');
        if (run?.state === 'passed' && run.release?.openedAt) await release.approve('app-1');
        if (run?.state === 'released' || run?.state === 'failed') return run;
      }
    } catch (error) {
      if (!/killed|disk full/.test(String(error))) throw error;
    }
    runs = [...release.saved.values()];
  }
  return runs[0];
}

for (const when of ['before', 'after', 'unsaved'] as const) {
  test(`a bot that ends at any request of a release (${when}) cuts exactly one, whole`, async (t) => {
    let requests = 1;
    for (let at = 0; at < requests; at += 1) {
      const crash = aCrash(at, when);
      t.is((await toTheEnd(crash))?.state, 'released', `request ${at}`);
      t.like(crash.kept, { drafts: 1, published: 1 }, `request ${at}`);
      t.deepEqual([...crash.kept.assets], ['runner']);
      requests = crash.kept.requests;
    }
    t.true(requests >= 7);
  });
}
