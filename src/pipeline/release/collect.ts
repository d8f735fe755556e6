import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ClusterError } from '../../core/cluster.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import { checkPatterns, type Found, foundIn, renaming } from './asset-patterns.ts';
import { type Collector, type CollectorPorts, discardCollector, ensureCollector, type Pods } from './collector.ts';

/** What reading files from a container needs from the cluster. */
export interface Reads {
  exec(
    at: Collector & { readonly command: readonly string[] },
    signal: AbortSignal,
  ): { readonly stdout: Readable; readonly done: Promise<{ readonly exitCode: number; readonly stderr: string }> };
  readFile(at: Collector, path: string, signal: AbortSignal): Readable;
}

export interface CollectPorts extends CollectorPorts {
  readonly cluster: Pods & Reads;
  /** How long reading a file may stall, in ms. */
  readonly silenceMs?: number;
}

/** A file of the workspace, ready to be uploaded. */
export interface Collected {
  /** Its name on GitHub; unique. */
  readonly name: string;
  /** Relative to `$WORKSPACE/source`. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** A note for people: that the name is not the file's own. */
  readonly note?: string;
  /** Streams its bytes, anew at every call; fails if they do not match `sha256`. */
  open(): Promise<Readable>;
}

const listLimitMs = 60_000;
const sumLimitMs = 30 * 60_000;
/** How long reading a file may stall. */
const silenceMs = 2 * 60_000;
/** Enough for several hundred matches with long paths. */
const maxListing = 4 * 1024 * 1024;
/** A collector with less time to live than this is replaced before it is used. */
const enoughMs = 30 * 60_000;

/**
 * Finds the files of a run's workspace that match the patterns (shell wildcards, below `$WORKSPACE/source`) and computes their checksums,
 * in a pod created for this purpose. Only names are kept in memory. May be repeated.
 * @throws UserError if they are not available, with the next step @throws ClusterError
 */
export async function collect(ports: CollectPorts, run: Run, patterns: readonly string[]): Promise<Collected[]> {
  checkPatterns(patterns);
  if (patterns.length === 0) return [];
  const at = await ensureCollector(ports, run, enoughMs);
  const listing = await output(ports.cluster, at, ['sh', '-c', listScript, 'sh', ...patterns], listLimitMs);
  const collected: Collected[] = [];
  for (const file of foundIn(listing, patterns)) collected.push(await summed(ports, run, at, file));
  return collected;
}

/** Deletes the pod that `collect` created, when its files are no longer needed; a missing pod is no error. @throws ClusterError */
export async function discard(ports: { readonly cluster: Pick<Pods, 'deletePod'> }, run: Run): Promise<void> {
  await discardCollector(ports, run);
}

/**
 * For every match: index of the pattern, path, real path, kind and size, each NUL-terminated. A file counts only if its real path is in the
 * workspace. The slash after readlink's output protects trailing newlines, which command substitution strips.
 */
const listScript = `
cd -P "$WORKSPACE" || exit 90
workspace=$PWD
cd -P source 2>/dev/null && [ "$PWD" = "$workspace/source" ] || exit 91
IFS=
number=0
count=0
for pattern do
  for file in ./$pattern; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    place=$(readlink -f "$file"; echo /)
    place=\${place%??}
    kind=other
    size=0
    if [ -d "$file" ]; then
      kind=directory
    elif [ -f "$file" ]; then
      kind=outside
      case "$place" in "$workspace"/*) kind=file; size=$(stat -c %s "$place") || exit 92 ;; esac
    elif [ -L "$file" ]; then
      kind=broken
    fi
    printf '%s\\0' "$number" "$file" "$place" "$kind" "$size"
    count=$((count + 1))
    if [ $count -ge 1000 ]; then exit 0; fi
  done
  number=$((number + 1))
done
`;

async function summed(ports: CollectPorts, run: Run, at: Collector, file: Found): Promise<Collected> {
  const said = await output(ports.cluster, at, ['sh', '-c', 'exec sha256sum < "$1"', 'sh', file.place], sumLimitMs);
  const [sha256] = /^[0-9a-f]{64}\b/.exec(said.toString('utf8')) ?? [];
  if (sha256 === undefined) throw new Error(`sha256sum of ${file.path} printed ${inQuotes(said.toString('utf8'), 200)}`);
  const note = renaming(file);
  const { name, path, bytes } = file;
  const open = async () => {
    const now = await ensureCollector(ports, run);
    const late = new AbortController();
    const stream = ports.cluster.readFile(now, file.place, late.signal);
    const watch = () => setTimeout(() => late.abort(silent(path, run)), ports.silenceMs ?? silenceMs);
    return Readable.from(checked(stream, { path, bytes, sha256 }, watch), { objectMode: false });
  };
  return { name, path, bytes, sha256, ...(note ? { note } : {}), open };
}

function silent(path: string, { namespace }: Run): ClusterError {
  return new ClusterError(`The collector of ${namespace} stopped sending ${path}.`, { code: 0, reason: 'Timeout', retry: true });
}

/** @param watch starts a timer that aborts the stream; it does not run while the consumer processes a chunk */
async function* checked(
  stream: Readable,
  { path, bytes, sha256 }: Pick<Collected, 'path' | 'bytes' | 'sha256'>,
  watch: () => NodeJS.Timeout,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let count = 0;
  let timer = watch();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      count += chunk.length;
      if (count > bytes) break;
      hash.update(chunk);
      yield chunk;
      timer = watch();
    }
  } finally {
    clearTimeout(timer);
  }
  if (count === bytes && hash.digest('hex') === sha256) return;
  const message = `${path} has changed since its checksum was computed (${bytes} bytes then, ${count} now).`;
  throw new ClusterError(message, { code: 0, reason: 'Changed', retry: true });
}

/** The output of a command that succeeds within the limit. */
async function output(cluster: Reads, at: Collector, command: readonly string[], limitMs: number): Promise<Buffer> {
  const late = new AbortController();
  const message = `The collector of ${at.namespace} did not answer within ${limitMs / 1000} s.`;
  const timer = setTimeout(() => late.abort(new ClusterError(message, { code: 0, reason: 'Timeout', retry: true })), limitMs);
  try {
    const { stdout, done } = cluster.exec({ ...at, command }, late.signal);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxListing) throw new UserError('The names of the files that match are too long. Narrow the patterns.');
      chunks.push(chunk);
    }
    const { exitCode, stderr } = await done;
    if (exitCode !== 0) throw failure(exitCode, stderr);
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

function failure(exitCode: number, stderr: string): Error {
  if (exitCode === 91) return new UserError('The workspace has no folder `source`: no stage of the run has cloned the commit into it.');
  const message = `The files of the release cannot be read: ${stderr.trim() || `a command exited with code ${exitCode}`}`;
  // Killed: the pod has been stopped meanwhile.
  if (exitCode > 128) return new ClusterError(message, { code: 0, reason: 'Killed', retry: true });
  return new UserError(message);
}
