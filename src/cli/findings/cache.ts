import { connect } from 'node:net';
import type { Finding } from '../../core/finding.ts';

const about = 'Layer cache';
export const inThePod = 'Run doctor where the bot runs: kubectl -n coxswain exec deploy/coxswain -- node src/cli.ts doctor';

/** Whether the layer cache's redis answers a PING. `address`: host:port; undefined: none is configured. */
export async function cacheFinding(address: string | undefined, patience = 5000): Promise<Finding> {
  if (address === undefined) {
    const next = 'Apply manifests/services/makisu-cache.yaml and set `cache`.';
    return { about, state: 'warning', evidence: 'not configured: every build runs all its steps', next };
  }
  const answer = await ping(address, patience);
  if (answer === '+PONG') return { about, state: 'ok', evidence: `${address} answers PONG` };
  if (/ENOTFOUND|EAI_AGAIN/.test(answer)) {
    return {
      about,
      state: 'unknown',
      evidence: `${address} cannot be resolved here, since names of the cluster only exist inside it`,
      next: inThePod,
    };
  }
  const next = 'Builds continue without it and run all their steps: kubectl -n coxswain-cache get pods';
  return { about, state: 'warning', evidence: `${address}: ${answer}`, next };
}

/** The first line of the response to PING (redis protocol, inline command), or why there was none. */
function ping(address: string, patience: number): Promise<string> {
  const [host = '', port = '6379'] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patience, () => end(`no answer within ${patience / 1000} s`));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString('utf8').split('\r\n')[0]?.slice(0, 80) ?? ''));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('close', () => end('the connection was closed without an answer'));
  });
}
