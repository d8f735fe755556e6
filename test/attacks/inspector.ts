import type { Way } from '../way/way.ts';

/** The event loop of a bot that was started with `--inspect`, reached from outside, as somebody with a debugger would. */
export interface Inspector {
  /** The value of an expression in the main thread. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
}

export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

export async function inspectorOf(way: Way): Promise<Inspector> {
  const [url] = way.lines.flatMap((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1] ?? []);
  if (!url) throw new Error('the bot was not started with --inspect');
  const socket = new WebSocket(url);
  const answers = new Map<number, (value: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result?: { result?: { value?: unknown } } };
    answers.get(id)?.(result?.result?.value);
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  return {
    evaluate(expression) {
      const id = answers.size + 1;
      const { promise, resolve } = Promise.withResolvers<unknown>();
      answers.set(id, resolve);
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }));
      return promise;
    },
    close: () => socket.close(),
  };
}
