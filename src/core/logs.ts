/** What a stage has done so far, as its log tells it. Every part is absent until the log has shown it. */
export interface Progress {
  /** The build step under way, counted over the whole build. */
  readonly step?: { readonly n: number; readonly of: number; readonly what: string };
  readonly cacheHits?: number;
  readonly cacheMisses?: number;
  /** Size of the image in bytes. */
  readonly imageBytes?: number;
  readonly pushing?: boolean;
  readonly tests?: TestCounts;
  /** Things worth knowing that are no failure, e.g. "the cache is unreachable, the build goes on without it". */
  readonly notes?: readonly string[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The test that runs at present. */
  readonly running?: string;
}

/** Why a stage failed: one sentence, the few lines that show it, and what to do next. */
export interface Cause {
  /** A stable word for the kind of failure, e.g. `build-step`, `test`, `oom`, `deadline`, `unschedulable`, `interrupted`. */
  readonly kind: string;
  readonly title: string;
  readonly excerpt: readonly string[];
  readonly next: string;
}

/** How a container ended, from its status in the cluster. */
export interface ContainerEnd {
  readonly container: string;
  readonly exitCode?: number;
  readonly signal?: number;
  /** Completed, Error, OOMKilled, DeadlineExceeded, Evicted, StartError … */
  readonly reason?: string;
  readonly message?: string;
}

/** Reads the log of one container line by line. Pure; its memory is bounded whatever the length of the log. */
export interface Reader {
  line(text: string): void;
  progress(): Progress;
  /** A line as people see it, which may be several; it depends on nothing but that line. */
  shown(text: string): readonly string[];
  /** Of the log of a builder: the image that it says it has pushed. Undefined while it has not said so, or where that cannot be told for certain. */
  pushed?(): PushedImage | undefined;
  cause(end: ContainerEnd): Cause;
}

/** What an image is made of, as its builder says: digests (`sha256:…`) of its configuration and of all of its layers, those of its base too. */
export interface PushedImage {
  readonly config: string;
  readonly layers: readonly string[];
}

/** One line of a container's log with the time that the kubelet gave it (RFC 3339 with nanoseconds, in the time zone of the node). */
export interface LogLine {
  readonly time: string;
  readonly text: string;
  /** The kubelet's own words in between ("failed to create fsnotify watcher: …"), which it gives no time: no line of the container. */
  readonly ofKubelet?: true;
}

/** What a builder said of the image that it pushed: in its log, and in the termination messages of its containers (digests). */
export interface ImageStatements {
  readonly pushed: readonly PushedImage[];
  readonly messages: readonly string[];
}
