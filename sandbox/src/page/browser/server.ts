import type { Action } from '../actions.ts';
import type { PageEvent } from '../types.ts';
import { receive, setConnected } from './store.ts';

const retryMs = 1500;
const hiddenMs = 500;

let waiting: PageEvent[] = [];

function flush(): void {
  const events = waiting;
  waiting = [];
  receive(events);
}

/** Keeps an event until the next frame; a hidden page has no frames and is drawn now and then. */
function take(event: PageEvent): void {
  waiting.push(event);
  if (waiting.length > 1) return;
  if (document.hidden) setTimeout(flush, hiddenMs);
  else requestAnimationFrame(flush);
}

/** Listens to the server. A browser reconnects an EventSource by itself, except after an HTTP error; then this does. */
export function connect(): void {
  const source = new EventSource('/events');
  source.onmessage = (message: MessageEvent<string>) => take(JSON.parse(message.data) as PageEvent);
  source.onerror = () => {
    setConnected(false);
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(connect, retryMs);
  };
}

export interface Outcome {
  readonly ok: boolean;
  readonly error?: string;
}

/** Does what a person asked for; an unreachable server is an outcome, not an exception. */
export async function act(action: Action): Promise<Outcome> {
  try {
    const response = await fetch('/do', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action) });
    return (await response.json()) as Outcome;
  } catch {
    return { ok: false, error: 'The sandbox does not answer. Is it still running?' };
  }
}
