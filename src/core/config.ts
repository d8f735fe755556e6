/** The whole validated configuration: `coxswain.yaml` and the environment. Durations are in milliseconds. */
export interface Config {
  /** Identifies this installation in the cluster and in Slack. */
  readonly instance: string;
  /** Default channel: `#name` or a channel id. */
  readonly channel: string;
  /** Cron expression with seconds: when git is polled. */
  readonly poll: string;
  readonly people: People;
  readonly registry: RegistryAddresses;
  /** Registries outside the cluster, by name. */
  readonly registries?: Readonly<Record<string, ExternalRegistry>>;
  readonly git: GitRules;
  /** `newRuns`: per repository in one poll. */
  readonly limits: { readonly runs: number; readonly gpus?: number; readonly newRuns: number };
  readonly keep: { readonly namespaces: number; readonly runs: number };
  /** Address of the layer cache as pods reach it; absent: builds run without a cache. */
  readonly cache?: string;
  /** The NetworkPolicy template that limits what a run's pods may reach; absent: no NetworkPolicy is created. */
  readonly networkPolicy?: string;
  readonly tools: Tools;
  readonly repositories: readonly Repository[];
}

/** The images that coxswain itself uses, each as a full reference: host, name and tag or digest. */
export interface Tools {
  /** Clones, using `git` and `sh`. */
  readonly git: string;
  /** Collects the files of a release, using `sh`, `tar` and `sha256sum`. */
  readonly busybox: string;
  readonly makisu: string;
  /** Copies images between registries, using `skopeo` and `sh`. */
  readonly skopeo: string;
  /** The layer cache that ships with coxswain. */
  readonly redis: string;
}

export interface People {
  /** Slack ids of users (U…, W…) or user groups (S…). Empty: everyone who is answered. */
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
  /** Slack workspaces (T…) or organizations (E…) whose members are answered, besides the members of the bot's own workspace. */
  readonly workspaces: readonly string[];
  /** Whether guests of these are answered too: all of them, or those listed. */
  readonly guests: boolean | readonly string[];
  /** Commit author's email → Slack user id. */
  readonly emails: Readonly<Record<string, string>>;
}

/** One registry with its three addresses. `push` and `pull` are host:port, `api` is a URL. */
export interface RegistryAddresses {
  readonly push: string;
  readonly pull: string;
  readonly api: string;
  /** Path of a file with the CA certificates (PEM) for it, if it is not signed by a publicly trusted CA. */
  readonly ca?: string;
  /** Whether pods use plain HTTP; absent: `isPlain` decides. */
  readonly plain?: boolean;
}

export interface GitRules {
  /** Hosts (host or host:port) that may be accessed over plain http. */
  readonly httpHosts: readonly string[];
  /** Folders that may contain local repositories. */
  readonly localRoots: readonly string[];
  /** Email that the bot commits with; such commits start no run. */
  readonly botEmail: string;
  /** Which login is used for which host; other hosts are accessed without one. */
  readonly logins?: readonly GitLoginRule[];
}

/** Where a git login is used: for one host, and there for all repositories or a single one. */
export interface GitLoginRule {
  /** `host` or `host:port`. */
  readonly host: string;
  /** The path of the only repository it is used for, `owner/name`. */
  readonly repository?: string | undefined;
  readonly kind: 'password' | 'github-app' | 'ssh-key';
  /** NAME in its environment variables, such as GIT_NAME_PASSWORD; absent: GIT_USERNAME and GIT_PASSWORD. Not for `github-app`. */
  readonly secret?: string | undefined;
  /** Public keys of the host as printed by ssh-keyscan; only for `ssh-key`. */
  readonly knownHosts?: readonly string[] | undefined;
}

/** The same with its secret. */
export type GitLogin = Pick<GitLoginRule, 'host' | 'repository' | 'secret'> &
  (
    | { readonly kind: 'password'; readonly username: string; readonly password: string }
    | { readonly kind: 'github-app' }
    | { readonly kind: 'ssh-key'; readonly key: string; readonly knownHosts: readonly string[] }
  );

/** What determines which branches a poll finds: a repository's address and branch patterns. */
export type Watched = Pick<Repository, 'git' | 'branches'>;

export interface Repository {
  readonly name: string;
  /** Prefix of run ids: `runner` in `runner-142`. */
  readonly short: string;
  /** The address that the bot polls: an https or http URL, or a local path. */
  readonly git: string;
  /** The address that pods clone from, if different from `git`. */
  readonly clone: string;
  /** Branch names and globs (`feature/*`). */
  readonly branches: readonly string[];
  readonly channel: string;
  /** `owner/name` on GitHub. */
  readonly github?: string;
  /** Where its version is read from; absent: it has none. */
  readonly version?: VersionSource;
  readonly stages: readonly Stage[];
  readonly release?: ReleaseStage;
}

export interface VersionSource {
  /** A `<repo-version>` tag, a `:Revision:` line, a file with nothing else, `version` of a package.json, or the newest git tag. */
  readonly from: 'readme' | 'adoc' | 'file' | 'package' | 'tags';
  /** The file that contains it; not for `tags`. */
  readonly path?: string;
  /** Prefix of the version in a tag name: `v` in `v1.2.3`. */
  readonly prefix: string;
  /** What a bump creates; `none`: it only shows the next version. */
  readonly write: 'commit' | 'pull-request' | 'none';
}

/** Cuts a release from a run that passed, after people approve it. */
export interface ReleaseStage {
  readonly name: string;
  /** Branches and globs from which releases are offered; absent: the repository's first one. */
  readonly branches?: readonly string[];
  readonly approvals: ApprovalRules;
  /** The GitHub release; absent: only images are released. */
  readonly github?: {
    /** Globs relative to the source folder of the run's workspace. */
    readonly assets: readonly string[];
    /** GitHub's generated notes, or the commits since the last release. */
    readonly notes: 'generated' | 'commits';
    /** Whether the run's log is an asset too. */
    readonly log: boolean;
  };
  readonly images: readonly ReleaseImage[];
  /** `images-first`: nothing is published until all images are pushed. */
  readonly order: 'images-first' | 'github-first';
}

export interface ApprovalRules {
  readonly votes: number;
  /** Slack ids of users and user groups; empty: `people.approvers`. */
  readonly of: readonly string[];
  /** Milliseconds from when the run passed. */
  readonly expires: number;
  /** Whether whoever started the run or wrote the commit may vote. */
  readonly self: boolean;
}

/** An image that is built and pushed after the approval, tagged with the version. */
export interface ReleaseImage extends ImageStage {
  /** Name of a configured external registry; absent: the cluster's own. */
  readonly registry?: string;
  /** If the registry lets nobody read, so that nobody can tell whether the tag is free: hold the release, or push over whatever is there. */
  readonly unreadable?: 'hold' | 'push';
}

/** A registry outside the cluster, to which release images are pushed. */
export interface ExternalRegistry {
  /** host[:port], as pods reach it. */
  readonly push: string;
  readonly api: string;
  /** Path of a file with the CA certificates (PEM) for it, if it is not signed by a publicly trusted CA. */
  readonly ca?: string;
  /** Whether pods use plain HTTP; absent: `isPlain` decides. */
  readonly plain?: boolean;
}

export type Stage = ImageStage | TestStage;

interface StageBasics {
  readonly name: string;
  /** Name of a file in the folder of job templates, without `.yaml`, or a path. */
  readonly template: string;
  /** Time limit of the pod, from its start on a node. */
  readonly timeout: number;
  /** Time limit for the pod to start. */
  readonly startTimeout: number;
  /** Size of the workspace, a Kubernetes quantity; the largest among a repository's stages counts. */
  readonly workspace: string;
  /** Additional values for the template, under `.Values`. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ImageStage extends StageBasics {
  readonly kind: 'image';
  readonly dockerfile: string;
  /** Build context folder in the repository. */
  readonly context: string;
  /** Name of the image in the registry, without host and tag. */
  readonly repository: string;
  /** `copy`: the builder keeps the image, and a second container pushes it; absent or `direct`: the builder pushes it. */
  readonly push?: 'direct' | 'copy';
}

export interface TestStage extends StageBasics {
  readonly kind: 'test';
  readonly gpus: number;
  /** The command to run in the image; empty: the image's own command. */
  readonly command: readonly string[];
}

/** The proxies from the environment, as full http or https URLs, for addresses of either scheme. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  /** Hosts accessed without a proxy, as listed in NO_PROXY. */
  readonly no: readonly string[];
}

/** What comes from environment variables or `*_FILE`s; never from `coxswain.yaml`. */
export interface Secrets {
  readonly slackBotToken: string;
  readonly slackAppToken: string;
  readonly githubToken?: string;
  /** Private key of a GitHub App, PEM. */
  readonly githubAppKey?: string;
  /** User and password or token for cloning over https. */
  readonly gitUsername?: string;
  readonly gitPassword?: string;
  readonly registryUsername?: string;
  readonly registryPassword?: string;
  /** A Docker configuration (JSON) with the logins that nodes use to pull images from other registries. */
  readonly imagePullConfig?: string;
  /** The certificates (PEM) in the file of `registry.ca`: not secret, but given to pods together with the login. */
  readonly registryAuthority?: string;
}
