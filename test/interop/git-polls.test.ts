import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type GitServerName, gitServers } from './servers/git.ts';
import { labels } from './servers/labels.ts';
import { type GitWorld, gitWorld } from './support/git-world.ts';
import { testWith } from './support/installed.ts';
import { saw } from './support/row.ts';
import { watching } from './support/watching.ts';

const packed = ({ sample }: GitWorld) => join(sample.path, 'packed-refs');

/** What happens to a repository of 43 branches, and how it is undone. */
const troubles: Readonly<Record<string, (world: GitWorld) => Promise<() => void>>> = {
  async 'upload-pack dies for two polls (`packed-refs` is damaged), and is mended'(world) {
    const whole = readFileSync(packed(world));
    writeFileSync(packed(world), 'damaged\n');
    return () => writeFileSync(packed(world), whole);
  },
  async 'the repository has no branches for two polls, and then those of before'(world) {
    const aside = `${packed(world)}.aside`;
    renameSync(packed(world), aside);
    return () => renameSync(aside, packed(world));
  },
  async 'all branches but one are missing for two polls, and come back'(world) {
    const whole = readFileSync(packed(world), 'utf8');
    writeFileSync(packed(world), whole.replace(/^.*refs\/heads\/b\d+\n/gm, ''));
    return () => writeFileSync(packed(world), whole);
  },
  async 'the list of branches is cut off for two polls'({ proxy }) {
    proxy.set({ path: /git-upload-pack$/, cutAfter: 1_000 });
    return () => proxy.set();
  },
};

for (const name of Object.keys(gitServers) as GitServerName[]) {
  testWith(
    gitServers[name].programs,
    `${labels[name]}: no branch that vanishes and comes back starts a run`,
    async (t: ExecutionContext) => {
      t.timeout(120_000);
      for (const [did, trouble] of Object.entries(troubles)) {
        const world = await gitWorld(t, name);
        for (let i = 1; i <= 42; i++) world.sample.git('update-ref', `refs/heads/b${i}`, 'refs/heads/main');
        world.sample.git('pack-refs', '--all', '--prune');
        const { poll, seen } = watching(world);
        t.is(await poll(), '0 runs');
        t.is(seen(), 43);
        const mend = await trouble(world);
        await poll();
        const during = await poll();
        mend();
        saw(t, { rows: 'git', server: labels[name], did }, `meanwhile: ${during}. Afterwards: ${await poll()}`);
      }
    },
  );
}
