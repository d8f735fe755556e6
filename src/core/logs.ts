/** A stage's progress so far, according to its log. Each part is absent until the log has shown it. */
export interface Progress {
  /** The current build step, counted over the whole build. */
  readonly step?: { readonly n: number; readonly of: number; readonly what: string };
  readonly cacheHits?: number;
  readonly cacheMisses?: number;
  /** Size of the image in bytes. */
  readonly imageBytes?: number;
  readonly pushing?: boolean;
  readonly tests?: TestCounts;
  /** Noteworthy facts that are no failure, e.g. "the cache is unreachable, the build goes on without it". */
  readonly notes?: readonly string[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The test that is currently running. */
  readonly running?: string;
}

/** Why a stage failed: one sentence, the few lines that show it, and what to do next. */
export interface Cause {
  /** A stable identifier of the kind of failure, e.g. `build-step`, `test`, `oom`, `deadline`, `unschedulable`, `interrupted`. */
  readonly kind: string;
  readonly title: string;
  readonly excerpt: readonly string[];
  readonly next: string;
}

/** How a container ended, according to its status in the cluster. */
export interface ContainerEnd {
  readonly container: string;
  readonly exitCode?: number;
  readonly signal?: number;
  /** Completed, Error, OOMKilled, DeadlineExceeded, Evicted, StartError … */
  readonly reason?: string;
  readonly message?: string;
}

/** Reads a container's log line by line. Pure; its memory is bounded whatever the length of the log. */
export interface Reader {
  line(text: string): void;
  progress(): Progress;
  /** A line as shown to users, which may be several lines; it depends on nothing but that line. */
  shown(text: string): readonly string[];
  /** For a builder's log: the image that it reports as pushed. Undefined if it has not reported one yet, or if that is not certain. */
  pushed?(): PushedImage | undefined;
  cause(end: ContainerEnd): Cause;
}

/** What an image consists of, as reported by its builder: digests (`sha256:…`) of its config and of all layers, including its base's. */
export interface PushedImage {
  readonly config: string;
  readonly layers: readonly string[];
}

/** One line of a container's log with the timestamp that the kubelet gave it (RFC 3339 with nanoseconds, in the node's time zone). */
export interface LogLine {
  readonly time: string;
  readonly text: string;
  /** The kubelet's own message in the log ("failed to create fsnotify watcher: …"), without a timestamp: not a line of the container. */
  readonly ofKubelet?: true;
}

/** What a builder reported about the image it pushed: in its log, and in the termination messages of its containers (digests). */
export interface ImageStatements {
  readonly pushed: readonly PushedImage[];
  readonly messages: readonly string[];
}
