import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../../core/cluster.ts';
import { messageOf } from '../../core/errors.ts';
import type { LogLine, Reader } from '../../core/logs.ts';
import { redacted } from '../../core/redaction/known.ts';
import { Backoff } from '../../core/time/backoff.ts';
import { advance, type LogPosition, resumption } from './resume.ts';

/** What following a log needs from the cluster. */
export interface LogSource {
  followLog(at: { namespace: string; pod: string; container: string; since?: string }, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** What following a log needs from the log store. */
export interface LogKeeper {
  /** The promise applies backpressure: a fast log waits for a slow disk. */
  append(run: string, stage: string, container: string, lines: readonly LogLine[]): Promise<void> | void;
  read(run: string, stage: string, container: string): AsyncIterable<LogLine>;
  flush(run?: string): Promise<void>;
}

export interface FollowedContainer {
  readonly run: string;
  readonly stage: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface FollowerOptions {
  readonly what: FollowedContainer;
  readonly source: LogSource;
  readonly keeper: LogKeeper;
  readonly reader: Reader;
  /** Redacts secrets in one line; remembers the lines before it. */
  readonly redact: (text: string) => string;
  /** The same for messages of the kubelet, which appear between the lines of the container. */
  readonly redactKubelet: (text: string) => string;
  /** Whether the container has ended according to the watch. */
  readonly hasEnded: () => boolean;
  /** Called after new lines, at most once per batch. */
  readonly onProgress: () => void;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** A line that the bot adds to the stored log. */
export const gapText = (from: string, to: string): string =>
  `[coxswain: lines between ${from} and ${to} are missing; the kubelet had rotated them away]`;

/** A message of the kubelet itself, in the stored log. */
export const kubeletText = (text: string): string => `${kubeletSays}${text}]`;
const kubeletSays = '[coxswain: the kubelet says: ';
const mostKubeletSays = 20;

/** HTTP statuses that are about the node; others come from an API server that is starting. */
const nodeRefuses = [400, 500];
const mostRefusals = 4;

/** Follows the log of one container to its end, across broken connections and restarts; feeds the reader and the stored log. */
export class LogFollower {
  readonly #options: FollowerOptions;
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff({ firstMs: 250, mostMs: 5_000, jitter: 0.5 });
  readonly #kubeletSaid = new Set<string>();
  #position: LogPosition | undefined;
  /** The last line that was stored before a restart. */
  #last = '';
  lines = 0;
  /** Resolves when the whole log has been read, or can no longer be read. */
  readonly done: Promise<void>;
  isDone = false;
  /** The last attempt to read more failed because of the connection or the API server. */
  isCutOff = false;
  /** The reader has been given all lines from before a restart. */
  isReplayed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.done = this.#follow().finally(() => {
      this.isDone = true;
      options.onProgress();
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(): Promise<void> {
    await this.#replay();
    for (let refusals = 0; !this.#stop.signal.aborted; ) {
      const ended = this.#options.hasEnded();
      const before = this.#position;
      const outcome = await this.#readOn();
      this.isCutOff = outcome === 'broken';
      // After the container's end this was the whole log; before it, the connection broke or a restarted kubelet does not know the pod yet.
      if (outcome === 'forbidden' || (ended && (outcome === 'end' || outcome === 'gone'))) break;
      // A node that no longer has the log of an ended container reports that in various ways.
      refusals = outcome === 'refused' && ended ? refusals + 1 : 0;
      if (refusals === mostRefusals) break;
      // A kubelet that cannot follow a log ends the response immediately each time.
      if (outcome === 'end' && this.#position !== before) this.#backoff.wentWell();
      await sleep(this.#backoff.failed(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    await this.#options.keeper.flush(this.#options.what.run);
  }

  /** After a restart, replays the stored log to the reader. What cannot be read there is read from the cluster again. */
  async #replay(): Promise<void> {
    const { run, stage, container } = this.#options.what;
    try {
      for await (const line of this.#options.keeper.read(run, stage, container)) {
        if (line.text.startsWith(kubeletSays)) {
          this.#kubeletSaid.add(line.text);
          this.lines += 1;
          continue;
        }
        this.#take(line);
        this.#last = line.text;
      }
    } catch (error) {
      this.#options.log(`the saved log of ${run} ${stage}/${container} cannot be read: ${messageOf(error)}`);
    }
    // The restart may have come in the middle of a private key, whose remaining lines are not recognizable on their own.
    if (this.#last.trimEnd().endsWith(redacted)) this.#options.redact('-----BEGIN PRIVATE KEY-----');
    this.isReplayed = true;
  }

  async #readOn(): Promise<'end' | 'broken' | 'refused' | 'gone' | 'forbidden'> {
    const { what, source, log } = this.#options;
    try {
      const where = { namespace: what.namespace, pod: what.pod, container: what.container };
      const since = this.#position ? { since: this.#position.time } : {};
      const seen = resumption(this.#position);
      for await (const line of source.followLog({ ...where, ...since }, this.#stop.signal)) {
        if (line.ofKubelet) await this.#hear(line);
        else await this.#received(line, seen(line.time));
      }
      return 'end';
    } catch (error) {
      if (this.#stop.signal.aborted) return 'gone';
      if (error instanceof ClusterError && error.reason === 'NotFound') return 'gone';
      if (error instanceof ClusterError && error.code === 403 && !error.retry) return this.#forbidden(error.message);
      log(`log of ${what.pod}/${what.container}: ${messageOf(error)}; continuing`);
      return error instanceof ClusterError && nodeRefuses.includes(error.code) ? 'refused' : 'broken';
    }
  }

  /** Recorded once in place of the rest of the log; a restart finds it there. */
  async #forbidden(why: string): Promise<'forbidden'> {
    const text = `[coxswain: the rest of this log cannot be read: ${why}]`;
    if (this.#last !== text) await this.#keep({ time: this.#options.now().toISOString(), text });
    return 'forbidden';
  }

  async #received(line: LogLine, seen: 'known' | 'new' | 'gap'): Promise<void> {
    if (seen === 'known') return;
    if (seen === 'gap' && this.#position) await this.#keep({ time: this.#position.time, text: gapText(this.#position.time, line.time) });
    await this.#keep({ time: line.time, text: this.#options.redact(line.text) });
    this.#options.onProgress();
  }

  /** Stored once, however often it is repeated. It is not a line of the container: neither the reader nor the resume position sees it. */
  async #hear({ time, text }: LogLine): Promise<void> {
    const { what, keeper, redactKubelet } = this.#options;
    const said = kubeletText(redactKubelet(text));
    if (this.#kubeletSaid.has(said) || this.#kubeletSaid.size >= mostKubeletSays) return;
    this.#kubeletSaid.add(said);
    await keeper.append(what.run, what.stage, what.container, [{ time: this.#position?.time ?? time, text: said }]);
    this.lines += 1;
  }

  async #keep(line: LogLine): Promise<void> {
    const { run, stage, container } = this.#options.what;
    await this.#options.keeper.append(run, stage, container, [line]);
    this.#take(line);
  }

  #take(line: LogLine): void {
    this.#position = advance(this.#position, line.time);
    this.lines += 1;
    this.#options.reader.line(line.text);
  }
}
