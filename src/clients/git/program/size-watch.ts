import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const everyMs = 200;

export interface SizeWatch {
  /** Aborted, with the reason in words, when the files exceed the limit. */
  readonly signal: AbortSignal;
  end(): void;
}

/** Watches the size of the files in a folder while something writes there. git itself does not limit what a server sends. */
export function watchSize(folder: string, mostBytes: number): SizeWatch {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async () => {
    if ((await bytesIn(folder)) > mostBytes) stop.abort(`the server sends more than ${mostBytes} bytes`);
    else if (!ended) timer = setTimeout(look, everyMs);
  };
  timer = setTimeout(look, everyMs);
  return {
    signal: stop.signal,
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

/** A missing folder, or a file that disappears meanwhile, counts as zero. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
