/** pods/log: which container, from where, how much, and following until the container has ended. */
import type { NodeLogs } from '../cluster.ts';
import { badRequest, notFound } from '../model/errors.ts';
import type { ContainerStatus, Pod } from '../model/pods.ts';
import { pods } from '../model/resources.ts';
import { nanoTimestamp, parseTime } from '../model/time.ts';
import type { LogFile, LogLine } from '../node/log-file.ts';
import type { LogSource } from '../node/log-source.ts';
import type { Answer, Exchange } from './exchange.ts';
import { isTrue } from './request.ts';

/** Answers with the log as plain text; throws 400 where there is none yet, 404 where there is no pod. */
export function podLog({ cluster, logs, path, query, response, streams }: Exchange, name: string): Answer {
  const pod = cluster.store.get<Pod>(pods, path.namespace, name);
  if (!pod) throw notFound(pods, name);
  const container = containerOf(pod, query.get('container') ?? '');
  const file = pod.spec.nodeName ? fileOf(logs, pod, container, isTrue(query.get('previous'))) : undefined;
  response.writeHead(pod.spec.nodeName ? 200 : 204, { 'content-type': 'text/plain' });
  response.flushHeaders();
  if (file) streams(send(file, query, response, cluster.settings.nodeLogs));
  else response.end();
  return 'streamed';
}

/** The container that was asked for, or the pod's only one. Throws 400. */
export function containerOf({ metadata, spec }: Pod, asked: string): string {
  const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name);
  if (asked && !names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  if (asked) return asked;
  const [only] = spec.containers;
  if (only && spec.containers.length === 1) return only.name;
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`);
}

const waitingWords: Record<string, string> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

// The same questions in the same order as the kubelet asks them (kubelet_pods.go, validateContainerLogStatus).
function fileOf(logs: LogSource, { metadata, status }: Pod, container: string, previous: boolean): LogFile | undefined {
  const all: ContainerStatus[] = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const about = `container "${container}" in pod "${metadata.name}"`;
  const found = all.find(({ name }) => name === container);
  if (!found) throw badRequest(`${about} is not available`);
  const { state, lastState } = found;
  if (previous) {
    if (!lastState.terminated) throw badRequest(`previous terminated ${about} not found`);
    return logs.logOf(metadata.uid, container, true);
  }
  const { waiting } = state;
  if (waiting && !lastState.terminated) throw badRequest(`${about} is waiting to start: ${waitingWords[waiting.reason] ?? waiting.reason}`);
  return logs.logOf(metadata.uid, container, false) ?? logs.logOf(metadata.uid, container, true);
}

interface Cut {
  since: bigint;
  timestamps: boolean;
  limit: number;
  /** Minutes before UTC. */
  zone: number;
}

function cutOf(query: URLSearchParams, zone: number): Cut {
  const seconds = query.get('sinceSeconds');
  const since = seconds === null ? parseTime(query.get('sinceTime') ?? undefined) : Date.now() - Number(seconds) * 1000;
  // The API server hands on whole seconds only.
  const whole = BigInt(Math.floor((since ?? 0) / 1000)) * 1_000_000_000n;
  const limit = query.get('limitBytes');
  return {
    since: whole,
    timestamps: isTrue(query.get('timestamps')),
    limit: limit === null ? Number.POSITIVE_INFINITY : Number(limit),
    zone,
  };
}

/** Writes the chosen lines, and those that follow where that is asked; gives back what ends it. */
function send(file: LogFile, query: URLSearchParams, response: Exchange['response'], { zone, says }: NodeLogs): () => void {
  const cut = cutOf(query, zone);
  const tail = query.get('tailLines');
  const oldest = file.written - file.lines.length;
  let next = tail === null ? oldest : Math.max(oldest, file.written - Number(tail));
  let forget: () => void = () => undefined;
  const close = (): void => {
    forget();
    response.end();
  };
  const more = (): void => {
    const from = Math.max(next - (file.written - file.lines.length), 0);
    for (const line of file.lines.slice(from)) if (cut.limit > 0) write(line, cut, response);
    next = file.written;
    if (file.ended || cut.limit <= 0) close();
  };
  // The lines that are there, then the kubelet's own words without a time and a line end, as it writes an error into an answer that has begun.
  if (says !== undefined && isTrue(query.get('follow')) && !file.ended) {
    more();
    response.end(says);
    return close;
  }
  if (isTrue(query.get('follow')) && !file.ended) forget = file.onChange(more);
  more();
  if (!isTrue(query.get('follow'))) close();
  response.once('close', () => forget());
  return close;
}

function write({ time, text }: LogLine, cut: Cut, response: Exchange['response']): void {
  if (time < cut.since) return;
  const whole = cut.timestamps ? Buffer.concat([Buffer.from(`${nanoTimestamp(time, cut.zone)} `), text]) : text;
  response.write(whole.subarray(0, cut.limit));
  cut.limit -= whole.length;
}
