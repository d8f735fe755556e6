/**
 * The fields of API objects that coxswain reads, as sent over the wire. Everything may be missing.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/
 */
export interface RawMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: RawTime;
  readonly deletionTimestamp?: RawTime;
}

/** RFC 3339 text on the wire; a Date if parsed by the library's own classes. */
export type RawTime = string | Date | null;

export interface RawObject {
  readonly metadata?: RawMeta;
}

export interface RawCondition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface RawJob extends RawObject {
  readonly status?: {
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly RawCondition[] | null;
  };
}

export interface RawPod extends RawObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly initContainers?: readonly { readonly name?: string }[] | null;
    readonly containers?: readonly { readonly name?: string }[] | null;
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: RawTime;
    readonly conditions?: readonly RawCondition[] | null;
    readonly initContainerStatuses?: readonly RawContainerStatus[] | null;
    readonly containerStatuses?: readonly RawContainerStatus[] | null;
  };
}

export interface RawContainerStatus {
  readonly name?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string } | null;
    readonly running?: { readonly startedAt?: RawTime } | null;
    readonly terminated?: RawTermination | null;
  };
}

export interface RawTermination {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: RawTime;
  readonly finishedAt?: RawTime;
}

export interface RawEvent extends RawObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly count?: number;
  readonly firstTimestamp?: RawTime;
  readonly lastTimestamp?: RawTime;
  readonly eventTime?: RawTime;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: RawTime } | null;
}

export interface RawNamespace extends RawObject {
  readonly status?: { readonly phase?: string };
}

export interface RawList<T> {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items?: readonly T[] | null;
}
