import { type Debugger, Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the main thread was stopped. */
export interface StoppedAt {
  /** The work in progress, as passed to `Doing`. */
  readonly work: string | undefined;
  /** Innermost frame first, as `name (file:line)`. */
  readonly stack: readonly string[];
  /** Ends the process from within the main thread. */
  end(code: number): void;
}

const mostFrames = 15;
/** The common prefix of all our files. */
const root = new URL('../../../', import.meta.url).href;

/**
 * Pauses the main thread and inspects it. Only callable from another thread.
 * @param work an expression that evaluates to the work in progress there
 * @returns undefined if it cannot be paused within the given time: it is blocked in a system call
 */
export async function stoppedAt(work: string, limitMs: number): Promise<StoppedAt | undefined> {
  const session = new Session();
  session.connectToMainThread();
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  const paused = new Promise<Debugger.CallFrame[]>((resolve) =>
    session.once('Debugger.paused', ({ params }) => resolve(params.callFrames)),
  );
  const asked = session.post('Debugger.enable').then(() => session.post('Debugger.pause'));
  const frames = await Promise.race([asked.then(() => paused), sleep(limitMs, undefined)]);
  const [innermost] = frames ?? [];
  if (!frames || !innermost) return undefined;
  const evaluate = (expression: string) =>
    session.post('Debugger.evaluateOnCallFrame', { callFrameId: innermost.callFrameId, expression, returnByValue: true });
  const { result } = await evaluate(work);
  return {
    work: typeof result.value === 'string' ? result.value : undefined,
    stack: frames.slice(0, mostFrames).map(({ functionName, location }) => {
      const file = files.get(location.scriptId)?.replace(root, '') || 'unknown';
      return `${functionName || '(anonymous)'} (${file}:${location.lineNumber + 1})`;
    }),
    end: (code) => void evaluate(`process.reallyExit(${code})`).catch(() => undefined),
  };
}
