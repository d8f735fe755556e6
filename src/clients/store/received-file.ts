import { appendFile } from 'node:fs/promises';
import {
  type DeliveryStatus,
  type ReceivedMessage,
  ReceivedMessageLog,
  type ReceivedMessages,
} from '../../core/command/received-messages.ts';
import { Coalesced } from '../../core/concurrency/serial.ts';
import { messageOf } from '../../core/errors.ts';
import { machineTime } from '../../core/time/clock.ts';
import { readText } from '../files/files-client.ts';
import type { Log } from '../log/log.ts';
import { replaceFile } from './durable-json.ts';

/** Lines that the file may have beyond those still needed before it is rewritten. */
const mostSpare = 2_000;
/** More than the file can ever contain. */
const mostBytes = 16 * 1024 ** 2;

/**
 * Keeps the messages received within the last hour on disk, one JSON object per line: one on receipt and one when answered. What
 * cannot be written is remembered only in memory, and an error is logged: users must not be blocked by a full disk.
 */
export async function openReceivedMessages(
  path: string,
  log: Log,
  now: () => number = () => machineTime().getTime(),
): Promise<ReceivedMessages> {
  const file = new HeardFile(path, log, wordsIn(await textOf(path, log)), now);
  await file.save();
  return file;
}

class HeardFile implements ReceivedMessages {
  readonly #path: string;
  readonly #log: Log;
  readonly #words: ReceivedMessageLog;
  #waiting: string[] = [];
  #lines = Number.POSITIVE_INFINITY;
  readonly #flushes = new Coalesced(() => this.#flush());
  #inTrouble = false;

  constructor(path: string, log: Log, before: readonly ReceivedMessage[], now: () => number) {
    this.#path = path;
    this.#log = log;
    this.#words = new ReceivedMessageLog(before, now);
  }

  async receive(key: string, event: string): Promise<DeliveryStatus> {
    const delivery = await this.#words.receive(key, event);
    const word = this.#words.find(key);
    if (delivery === 'new' && word) await this.#write(word);
    return delivery;
  }

  done(key: string): void {
    this.#words.done(key);
    const word = this.#words.find(key);
    if (word) void this.#write(word);
  }

  /** Resolves when everything is on disk or the write failed. Writes are serialized; lines that queue up meanwhile become one write. */
  save(): Promise<void> {
    return this.#flushes.run();
  }

  #write(word: ReceivedMessage): Promise<void> {
    this.#waiting.push(`${JSON.stringify(word)}\n`);
    return this.save();
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    try {
      await this.#append(lines);
      if (this.#inTrouble) this.#log.info(`${this.#path} can be written again`);
      this.#inTrouble = false;
    } catch (error) {
      if (!this.#inTrouble)
        this.#log.error(`${this.#path} cannot be written, so after a restart a message may be handled again: ${messageOf(error)}`);
      this.#inTrouble = true;
      // The next write rewrites the whole file.
      this.#lines = Number.POSITIVE_INFINITY;
    }
  }

  async #append(lines: readonly string[]): Promise<void> {
    const all = this.#words.all();
    if (this.#lines + lines.length > 2 * all.length + mostSpare) {
      await replaceFile(this.#path, all.map((word) => `${JSON.stringify(word)}\n`).join(''));
      this.#lines = all.length;
    } else {
      await appendFile(this.#path, lines.join(''), { flush: true, mode: 0o600 });
      this.#lines += lines.length;
    }
  }
}

/** An unreadable file must not keep the bot from starting: its relevant content is at most an hour old. */
async function textOf(path: string, log: Log): Promise<string> {
  return readText(path, mostBytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') log.error(`${path} cannot be read, so a message may be handled again: ${messageOf(error)}`);
    return '';
  });
}

/** The messages in the order in which they were received; a line truncated by a crash is skipped. */
function wordsIn(text: string): ReceivedMessage[] {
  const words = new Map<string, ReceivedMessage>();
  for (const line of text.split('\n')) {
    const word = wordOf(line);
    if (word) words.set(word.key, word);
  }
  return [...words.values()];
}

function wordOf(line: string): ReceivedMessage | undefined {
  try {
    const { key, event, at, done } = JSON.parse(line) as Partial<ReceivedMessage>;
    const isWord = typeof key === 'string' && typeof event === 'string' && typeof at === 'number' && typeof done === 'boolean';
    return isWord ? { key, event, at, done } : undefined;
  } catch {
    return undefined;
  }
}
