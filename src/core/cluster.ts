/** A Kubernetes object as rendered from a template. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [key: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The part of a Job that coxswain reads. */
export interface JobView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly conditions: readonly Condition[];
}

/** The part of a pod that coxswain reads. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  /** When the pod was deleted, while it is still terminating. */
  readonly deletedAt?: string;
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly node?: string;
  readonly startTime?: string;
  readonly conditions: readonly Condition[];
  /** Init containers first, in declaration order. */
  readonly containers: readonly ContainerView[];
}

export interface ContainerView {
  readonly name: string;
  readonly init: boolean;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** A Kubernetes Event about one object. */
export interface ClusterEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** First and last time, ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** An API server error or refusal. `retry` says whether the same request may succeed later (network, 401, 429, Conflict, 5xx). */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  /** HTTP status; 0 if there was no response. */
  readonly code: number;
  /** Reason of the Status object: AlreadyExists, Forbidden, Invalid, NotFound …; `Unreachable` if there was no response. */
  readonly reason: string;
  readonly retry: boolean;

  constructor(message: string, detail: { code: number; reason: string; retry: boolean; cause?: unknown }) {
    super(message, { cause: detail.cause });
    this.code = detail.code;
    this.reason = detail.reason;
    this.retry = detail.retry;
  }
}

/** Labels on everything that coxswain creates in the cluster. */
export const labels = {
  instance: 'coxswain/instance',
  run: 'coxswain/run',
  runUid: 'coxswain/run-uid',
  stage: 'coxswain/stage',
} as const;

/** Annotations by which a job template declares what it needs. */
export const annotations = {
  /** Of its containers; that of one container, also of one that prepares, is `coxswain/reader.<container>`. */
  reader: 'coxswain/reader',
  podSecurity: 'coxswain/pod-security',
  registryLogin: 'coxswain/registry-login',
  /** The digest that the image pushed by the Job must have. */
  digest: 'coxswain/digest',
} as const;
