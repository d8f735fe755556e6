import { z } from 'zod';
import { type Freeze, withFreeze, withoutFreeze } from '../../core/release/freeze.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';
import { isExact, type Plain } from './exact.ts';
import { openKeptFile } from './kept-file.ts';

/** The release freezes; persists across restarts. */
export interface FreezeFile {
  list(): readonly Freeze[];
  /** Replaces an older freeze of the same repository; resolves when it is on disk. */
  freeze(freeze: Freeze): Promise<void>;
  /** Ends the freeze of a repository or, if none is given, the global one. */
  unfreeze(repository?: string): Promise<void>;
}

const schema = z.object({
  freezes: z.array(z.object({ repository: z.string().exactOptional(), reason: z.string(), by: z.string(), at: z.string() })),
});
interface Freezes {
  readonly freezes: readonly Freeze[];
}
isExact<Plain<Freezes>, Plain<z.infer<typeof schema>>>(true);

/** A corrupt file is set aside; as its freezes are unknown, all releases are frozen until somebody says `unfreeze`. */
export async function openFreezes(path: string, log: Log, now: () => Date = machineTime): Promise<FreezeFile> {
  const file = await openKeptFile<Freezes>(path, {
    schema,
    empty: { freezes: [] },
    corrupt({ file: aside, reason: mistake }) {
      log.error(
        `${path} was corrupt (${mistake}) and has been set aside as ${aside}: until somebody says \`unfreeze\`, all releases are on hold`,
      );
      const reason = `the file of the freezes was corrupt and is now ${aside}: say which releases are frozen, then \`unfreeze\``;
      return { freezes: [{ reason, by: 'coxswain', at: now().toISOString() }] };
    },
  });
  const list = () => file.value.freezes;
  return {
    list,
    freeze: (freeze) => file.keep({ freezes: withFreeze(list(), freeze) }),
    unfreeze: (repository) => file.keep({ freezes: withoutFreeze(list(), repository) }),
  };
}
