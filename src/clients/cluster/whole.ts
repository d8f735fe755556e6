import { z } from 'zod';
import { HalfAnswer, wholeAnswer } from '../http/half-answer.ts';
import type { ApiRequest, ApiServer } from './transport/api-server.ts';
import { halfAnswer } from './transport/cluster-error.ts';
import type { RawEvent, RawJob, RawList, RawNamespace, RawObject, RawPod } from './watch/raw.ts';

/**
 * The fields that coxswain reads, as the API describes them: what is absent is left out or null. Other fields are kept.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */
const text = z.string();
const map = z.record(text, text);
const meta = z.looseObject({
  name: text.min(1),
  uid: text.min(1),
  namespace: text.optional(),
  resourceVersion: text.optional(),
  labels: map.nullish(),
  annotations: map.nullish(),
  creationTimestamp: text.nullish(),
  deletionTimestamp: text.nullish(),
});
const object = z.looseObject({ metadata: meta });
const count = z.number().int().nonnegative().optional();
const conditions = z.array(z.looseObject({ type: text, status: text })).nullish();
const job = object.extend({ status: z.looseObject({ active: count, succeeded: count, failed: count, conditions }).optional() });
const containers = z.array(z.looseObject({ name: text })).nullish();
const terminated = z.looseObject({ exitCode: z.number().int(), reason: text.optional(), message: text.optional() }).nullish();
const state = z.looseObject({ waiting: z.looseObject({}).nullish(), running: z.looseObject({}).nullish(), terminated }).optional();
const statuses = z.array(z.looseObject({ name: text, state })).nullish();
const podStatus = z.looseObject({ phase: text.optional(), conditions, initContainerStatuses: statuses, containerStatuses: statuses });
const pod = object.extend({
  spec: z.looseObject({ initContainers: containers, containers }).optional(),
  status: podStatus.optional(),
});
const namespace = object.extend({ status: z.looseObject({ phase: text.optional() }).optional() });
const event = object.extend({ reason: text.nullish(), message: text.nullish() });
const status = z.looseObject({ resourceVersion: text });

const shapes = { job, pod, namespace, event, object };

interface Raws {
  readonly job: RawJob;
  readonly pod: RawPod;
  readonly namespace: RawNamespace;
  readonly event: RawEvent;
  readonly object: RawObject;
}

/** What was asked of which API server, for messages. */
interface Asked {
  readonly doing: string;
  readonly host: string;
}

/** One object. @throws ClusterError; `retry` if it is not as the API describes it */
export async function readObject<K extends keyof Raws>(api: ApiServer, kind: K, ask: ApiRequest): Promise<Raws[K]> {
  return wholeObject(kind, await api.json(ask), { doing: ask.doing, host: api.host });
}

/** The same for one that has arrived in a watch. */
export function wholeObject<K extends keyof Raws>(kind: K, data: unknown, at: Asked): Raws[K] {
  return checked(shapes[kind], data, at) as Raws[K];
}

/** A list, which says that something is gone only if it is whole. @throws ClusterError; `retry` if it is not as the API describes it */
export async function readList<K extends keyof Raws>(api: ApiServer, kind: K, ask: ApiRequest): Promise<RawList<Raws[K]>> {
  const list = z.looseObject({ kind: text.regex(/List$/), metadata: status, items: z.array(shapes[kind]).nullable() });
  return checked(list, await api.json(ask), { doing: ask.doing, host: api.host }) as RawList<Raws[K]>;
}

function checked(shape: z.ZodType, data: unknown, { doing, host }: Asked): unknown {
  try {
    return wholeAnswer(shape, data, { host, about: `the request to ${doing}` });
  } catch (error) {
    if (!(error instanceof HalfAnswer)) throw error;
    throw halfAnswer(error);
  }
}
