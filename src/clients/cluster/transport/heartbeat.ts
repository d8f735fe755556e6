import type { WebSocket } from 'ws';

const everyMs = 15_000;

/** Asks the other side at intervals whether it is there, and says when it was silent for a whole one. A socket that is paused hears nothing. */
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
