import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The bot as a process of its own, unchanged; everything that is peculiar to the sandbox comes to it through its environment. */
export class Bot {
  #env: Readonly<Record<string, string>>;
  readonly #log: (line: string) => void;
  #process: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(0);
  #keep = false;

  constructor(env: Readonly<Record<string, string>>, log: (line: string) => void) {
    this.#env = env;
    this.#log = log;
  }

  /** Further or other variables, from the next start on. */
  add(env: Readonly<Record<string, string>>): void {
    this.#env = { ...this.#env, ...env };
  }

  start(): void {
    const child = spawn(process.execPath, ['--no-warnings', program], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    this.#ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#log(line);
      });
    }
  }

  /** Starts it, and again whenever it ends, as a Deployment does. */
  async keepRunning(): Promise<void> {
    this.#keep = true;
    while (this.#keep) {
      this.start();
      const code = await this.#ended;
      if (!this.#keep) return;
      this.#log(`the bot has ended (${code ?? 'killed'}); it is started again in 2 s`);
      await sleep(2_000);
    }
  }

  /** The id of its process, while it runs. */
  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#keep = false;
    if (this.running) this.#process?.kill(signal);
    await this.#ended;
  }
}
