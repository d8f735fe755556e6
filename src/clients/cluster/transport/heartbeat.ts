import type { WebSocket } from 'ws';

const everyMs = 15_000;

/** Pings the peer at intervals, and reports when it was silent for a whole one. A paused socket receives nothing, so it is not checked. */
export function beat(socket: WebSocket, dead: (error: Error) => void, interval = everyMs): void {
  let heard = true;
  const hear = () => {
    heard = true;
  };
  const timer = setInterval(() => {
    if (!heard && !socket.isPaused) dead(new DOMException('silent', 'TimeoutError'));
    heard = socket.isPaused;
    socket.ping();
  }, interval);
  socket.on('pong', hear).on('ping', hear).on('message', hear);
  socket.on('close', () => clearInterval(timer));
}
