import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SlackStandIn } from '../../src/slack/start.ts';
import { appToken, call } from './_slack.ts';

export interface Received {
  readonly type: string;
  readonly envelope_id: string;
  readonly reason?: string;
  readonly num_connections?: number;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
  readonly payload: {
    readonly [key: string]: unknown;
    readonly text: string;
    readonly trigger_id: string;
    readonly response_url: string;
    readonly event: { readonly [key: string]: unknown };
    readonly event_id: string;
    readonly actions: readonly { readonly [key: string]: unknown }[];
  };
}

/** A bare Socket Mode connection: what arrives waits in order until it is asked for. */
export async function connect(standIn: SlackStandIn) {
  const { body } = await call(standIn, 'apps.connections.open', {}, appToken);
  const socket = new WebSocket(String(body.url));
  const waiting: Received[] = [];
  const asking: ((message: Received) => void)[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as Received;
    const ask = asking.shift();
    if (ask) ask(message);
    else waiting.push(message);
  });
  await once(socket, 'open');
  return {
    url: String(body.url),
    socket,
    next(): Promise<Received> {
      const first = waiting.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => asking.push(resolve));
    },
    ack: (message: Received, payload?: unknown) => socket.send(JSON.stringify({ envelope_id: message.envelope_id, payload })),
    closed: once(socket, 'close'),
  };
}
