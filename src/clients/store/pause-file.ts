import { z } from 'zod';
import type { Pause } from '../../core/command/command.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';
import { isExact, type Plain } from './exact.ts';
import { openKeptFile } from './kept-file.ts';

/** The paused repositories, which are not polled; persists across restarts. */
export interface PauseFile {
  list(): readonly Pause[];
  /** Replaces an older pause of the same repository; resolves when it is on disk. */
  pause(pause: Pause): Promise<void>;
  resume(repository: string): Promise<void>;
}

export interface PauseFileOptions {
  /** The configured repositories. */
  readonly repositories: readonly { readonly name: string }[];
  readonly log: Log;
  readonly now?: () => Date;
}

const schema = z.object({
  pauses: z.array(z.object({ repository: z.string(), by: z.string(), at: z.string(), reason: z.string().exactOptional() })),
});
interface Kept {
  readonly pauses: readonly Pause[];
}
isExact<Plain<Kept>, Plain<z.infer<typeof schema>>>(true);

/** A corrupt file is set aside; as its pauses are unknown, every configured repository is paused until `resume`, so no commit is lost. */
export async function openPauses(path: string, { repositories, log, now = machineTime }: PauseFileOptions): Promise<PauseFile> {
  const file = await openKeptFile<Kept>(path, {
    schema,
    empty: { pauses: [] },
    corrupt({ file: aside, reason: mistake }) {
      log.error(
        `${path} was corrupt (${mistake}) and has been set aside as ${aside}: every repository is paused until \`resume\` is said for it`,
      );
      const reason = `whether it was paused before is not known, because the file of the pauses was corrupt and is now ${aside}; \`resume\` polls it again`;
      return { pauses: repositories.map(({ name }) => ({ repository: name, by: 'coxswain', at: now().toISOString(), reason })) };
    },
  });
  const list = () => file.value.pauses;
  const others = (repository: string) => list().filter((pause) => pause.repository !== repository);
  for (const pause of list()) logPause(pause, repositories, log);
  return {
    list,
    pause: (pause) => file.keep({ pauses: [...others(pause.repository), pause] }),
    resume: (repository) => file.keep({ pauses: others(repository) }),
  };
}

function logPause({ repository, by, at }: Pause, configured: PauseFileOptions['repositories'], log: Log): void {
  if (configured.some(({ name }) => name === repository)) log.info(`${repository} is not polled: it has been paused by ${by} since ${at}`);
  else
    log.warn(
      `${repository} is paused, but not configured any more: it stays paused if it is configured again, unless \`resume\` is said for it`,
    );
}
