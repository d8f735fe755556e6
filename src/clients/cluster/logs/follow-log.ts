import { ClusterError } from '../../../core/cluster.ts';
import type { LogLine } from '../../../core/logs.ts';
import { machineTime } from '../../../core/time/clock.ts';
import type { ApiServer } from '../transport/api-server.ts';
import { lines } from './lines.ts';

/** A container, and the time from which to read its log (RFC 3339; the kubelet truncates it to seconds). */
export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly since?: string | undefined;
}

const maxLineBytes = 64 * 1024;
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))(?: |$)/;

/**
 * Streams the lines of a container's log, including the kubelet's own error messages, which have no time. Ends when the server ends it
 * (also when that restarts: only the state of the container tells whether more will follow), or when `signal` is aborted. The library's
 * own `Log` ends the process when a connection breaks.
 * @throws ClusterError if the log cannot be opened (`retry` is true if the container has not started yet),
 * and if the connection breaks or is idle for five minutes
 */
export async function* followLog(api: ApiServer, source: ContainerRef, signal: AbortSignal): AsyncGenerator<LogLine> {
  const chunks = await open(api, source, signal);
  let time = source.since ?? machineTime().toISOString();
  try {
    for await (const line of lines(chunks, maxLineBytes)) {
      const found = stamp.exec(line);
      time = found?.[1] ?? time;
      const text = found === null ? line : line.slice(found[0].length);
      yield { time, text: text.endsWith('\r') ? text.slice(0, -1) : text, ...(found === null && { ofKubelet: true }) };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function open(
  api: ApiServer,
  { namespace, pod, container, since }: ContainerRef,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = { container, follow: true, timestamps: true, sinceTime: since };
  try {
    return await api.open({ doing: `read the log of ${namespace}/${pod} (${container})`, path, query, signal });
  } catch (error) {
    if (signal.aborted) return nothing();
    throw error instanceof ClusterError && isEarly(error) ? early(error) : error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** "container … is waiting to start: ContainerCreating" is returned as a BadRequest, like a wrong name. */
function isEarly({ code, message }: ClusterError): boolean {
  return code === 400 && /waiting to start|is not running|ContainerCreating|PodInitializing/.test(message);
}

function early({ message, code, reason, cause }: ClusterError): ClusterError {
  return new ClusterError(message, { code, reason, retry: true, cause });
}
