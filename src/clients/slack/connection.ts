import type { SocketModeReceiver } from '@slack/bolt';
import { messageOf } from '../../core/errors.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';

type SocketClient = SocketModeReceiver['client'];

/** Whether Slack is connected, and since when (ISO 8601). */
export interface ConnectionHealth {
  readonly connected: boolean;
  readonly since: string;
}

export function connectionHealth(client: SocketClient, log: Log): () => ConnectionHealth {
  let health: ConnectionHealth = { connected: false, since: machineTime().toISOString() };
  const become = (connected: boolean, line: string) => {
    if (health.connected === connected) return;
    health = { connected, since: machineTime().toISOString() };
    log.info(line);
  };
  client.on('connected', () => become(true, 'connected to Slack'));
  client.on('close', () => become(false, 'the connection to Slack was closed; reconnecting unless coxswain is stopping'));
  return () => health;
}

/**
 * A payload that the library does not expect (it reads `event.type` of every event, and `app_rate_limited` has none) causes
 * a rejection inside the library's listener, where nothing can catch it, and would end the process.
 */
export function survivingOddPayloads(client: SocketClient, log: Log): void {
  const listeners = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', async (...message: unknown[]) => {
    try {
      for (const listener of listeners) await listener(...message);
    } catch (error) {
      log.error(`slack: ignoring a message that could not be parsed: ${messageOf(error)}`);
    }
  });
}
