import { z } from 'zod';

/**
 * The fields of API objects that coxswain reads, as sent over the wire. A status is filled bit by bit, so everything in it may be missing.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */

/** Go leaves out what is empty, or writes `null`. */
const given = <T extends z.ZodType>(schema: T) =>
  schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
const text = given(z.string());
const number = given(z.number());
const texts = given(z.record(z.string(), z.string()));

/** RFC 3339 text. */
const time = text;

const meta = z.object({
  name: z.string().min(1),
  namespace: text,
  uid: z.string().min(1),
  resourceVersion: text,
  labels: texts,
  annotations: texts,
  creationTimestamp: time,
  deletionTimestamp: time,
});

/** Within a list, `kind` is missing. */
const objectOf = <K extends string>(kind: K) => z.object({ kind: z.literal(kind).optional(), metadata: meta });
const placed = meta.extend({ namespace: z.string().min(1), resourceVersion: z.string().min(1) });

const condition = z.object({ type: text, status: text, reason: text, message: text });
const conditions = given(z.array(condition));

export const rawJob = objectOf('Job').extend({
  metadata: placed,
  status: given(z.object({ active: number, succeeded: number, failed: number, conditions })),
});

const termination = z.object({ exitCode: number, signal: number, reason: text, message: text, startedAt: time, finishedAt: time });

const containerStatus = z.object({
  name: text,
  state: given(
    z.object({
      waiting: given(z.object({ reason: text, message: text })),
      running: given(z.object({ startedAt: time })),
      terminated: given(termination),
    }),
  ),
});
const containers = given(z.array(z.object({ name: text })));

export const rawPod = objectOf('Pod').extend({
  metadata: placed,
  spec: given(z.object({ nodeName: text, initContainers: containers, containers })),
  status: given(
    z.object({
      phase: text,
      reason: text,
      message: text,
      startTime: time,
      conditions,
      initContainerStatuses: given(z.array(containerStatus)),
      containerStatuses: given(z.array(containerStatus)),
    }),
  ),
});

export const rawEvent = objectOf('Event').extend({
  type: text,
  reason: text,
  message: text,
  note: text,
  count: number,
  firstTimestamp: time,
  lastTimestamp: time,
  eventTime: time,
  series: given(z.object({ count: number, lastObservedTime: time })),
});

export const rawNamespace = objectOf('Namespace').extend({ status: given(z.object({ phase: text })) });

export const rawStorageClass = objectOf('StorageClass');

/** Any object of which only the owner is read. */
export const rawObject = z.object({ kind: z.string().min(1), metadata: meta });

/** What deleting answers: a Status, or the object as it was. */
export const rawDeleted = z.object({ kind: z.string().min(1) });

export const rawReview = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  status: z.object({ allowed: z.boolean(), reason: text, evaluationError: text }),
});

export const rawVersion = z.object({ gitVersion: z.string().min(1) });

export const rawResources = z.object({
  kind: z.literal('APIResourceList'),
  resources: z.array(z.object({ name: z.string().min(1), kind: z.string().min(1), namespaced: z.boolean() })),
});

/** A whole list, or one page of it. @param kind of its items */
export const listOf = <T>(kind: string, item: z.ZodType<T>) =>
  z.object({
    kind: z.literal(`${kind}List`),
    metadata: z.object({ resourceVersion: z.string().min(1), continue: text }),
    items: z.array(item),
  });

/** An event of a watch. A bookmark has nothing but a version; an error is a Status. */
export const watchEventOf = <T>(item: z.ZodType<T>) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: item }),
    z.object({ type: z.literal('BOOKMARK'), object: z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) }) }),
    z.object({
      type: z.literal('ERROR'),
      object: z.object({ kind: z.literal('Status'), code: number, reason: text, message: text }),
    }),
  ]);

export type RawJob = z.output<typeof rawJob>;
export type RawPod = z.output<typeof rawPod>;
export type RawEvent = z.output<typeof rawEvent>;
export type RawCondition = z.output<typeof condition>;
export type RawContainerStatus = z.output<typeof containerStatus>;
export type RawTermination = z.output<typeof termination>;
export type RawObject = { readonly metadata: z.output<typeof meta> };
