import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Message, startWorld, type World, type WorldOptions } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import type { Run } from '../../src/core/run/run.ts';

export const ada = 'U0123ADA';
export const guest = 'U0789GUEST';

/** The bot as a process among stand-ins (or with a real cluster), as people and the cluster see it. */
export class Way {
  readonly world: World;
  readonly lines: string[];

  constructor(world: World, lines: string[]) {
    this.world = world;
    this.lines = lines;
  }

  get slack() {
    return this.world.slack.slack;
  }

  /** Starts the bot and waits until it hears and has polled. */
  async start(): Promise<void> {
    const before = this.lines.length;
    this.world.bot.start();
    await this.until(() => this.lines.slice(before).some((line) => line.includes('is watching')), 30_000);
  }

  /** The run's messages in the channel; more than one is a mistake. */
  messagesOf(id: string): Message[] {
    return this.slack.messages('#ci').filter((message) => message.thread_ts === undefined && message.text.startsWith(`${id} `));
  }

  /** All that the run's message shows. */
  shown(id: string): string {
    return this.messagesOf(id).map(wordsOf).join('\n');
  }

  thread(id: string): Message[] {
    return this.messagesOf(id).flatMap((message) => this.slack.replies(message.ts));
  }

  threadWords(id: string): string {
    return this.thread(id).map(wordsOf).join('\n');
  }

  /** Waits until the run's message shows it. */
  async showsUp(id: string, words: RegExp, ms = 30_000): Promise<string> {
    await this.until(
      () => words.test(this.shown(id)),
      ms,
      () => `${id} to show ${words}; it shows:\n${this.shown(id)}`,
    );
    return this.shown(id);
  }

  /** Waits until the run's message shows that the run, not only a stage of it, has passed. */
  async passes(id: string, ms?: number): Promise<string> {
    return this.showsUp(id, new RegExp(`\\*${id}\\* passed in `), ms);
  }

  async until(true_: () => boolean | Promise<boolean>, ms = 30_000, what: () => string = () => String(true_)): Promise<void> {
    const end = Date.now() + ms;
    while (!(await true_())) {
      if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what()}\nThe bot said:\n${this.lines.slice(-30).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The runs as they are saved. */
  async records(): Promise<Run[]> {
    const folder = join(this.world.data, 'runs');
    const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.json$/.test(name));
    const read = names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Run);
    return Promise.all(read);
  }

  async record(id: string): Promise<Run | undefined> {
    return (await this.records()).find((run) => run.id === id);
  }

  async press(user: string, id: string, button: string): Promise<void> {
    const ts = this.messagesOf(id)[0]?.ts;
    if (!ts) throw new Error(`${id} has no message`);
    await this.slack.press(user, { ts, action: button });
  }
}

/** Every word of a message's text and blocks. */
export function wordsOf(message: { text: string; blocks?: readonly unknown[] }): string {
  const words: string[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) collect(one);
    else if (value && typeof value === 'object') {
      for (const [key, one] of Object.entries(value)) {
        if (key === 'text' && typeof one === 'string') words.push(one);
        else collect(one);
      }
    }
  };
  collect(message.blocks ?? []);
  return [message.text, ...words].join('\n');
}

export async function aWay(t: Pick<ExecutionContext, 'teardown' | 'log'>, options: Partial<WorldOptions> = {}): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-way-'));
  const lines: string[] = [];
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE };
  const world = await startWorld({ folder, env, log: (line) => lines.push(line), ...options });
  t.teardown(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return new Way(world, lines);
}
