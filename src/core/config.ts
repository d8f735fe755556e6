/** The whole configuration after validation: `coxswain.yaml` and the environment. Durations are milliseconds. */
export interface Config {
  /** Names this installation in the cluster and in chat. */
  readonly instance: string;
  /** Default channel: `#name` or a channel id. */
  readonly channel: string;
  /** Cron expression with seconds: when git is polled. */
  readonly poll: string;
  readonly people: People;
  readonly registry: RegistryAddresses;
  /** Registries outside of the cluster, by name. */
  readonly registries?: Readonly<Record<string, ExternalRegistry>>;
  readonly git: GitRules;
  /** `newRuns`: of a repository in one poll. */
  readonly limits: { readonly runs: number; readonly gpus?: number; readonly newRuns: number };
  readonly keep: { readonly namespaces: number; readonly runs: number };
  /** Address of the layer cache as pods say it; absent: builds run without a cache. */
  readonly cache?: string;
  /** The template of what the pods of a run may reach; absent: no NetworkPolicy is made. */
  readonly networkPolicy?: string;
  readonly tools: Tools;
  readonly repositories: readonly Repository[];
}

/** The images that coxswain itself names, each as a whole reference: host, name and tag or digest. */
export interface Tools {
  /** Clones, with `git` and `sh`. */
  readonly git: string;
  /** Collects the files of a release, with `sh`, `tar` and `sha256sum`. */
  readonly busybox: string;
  readonly makisu: string;
  /** The layer cache that ships with coxswain. */
  readonly redis: string;
}

export interface People {
  /** Slack user ids (U…, W…) or user groups (S…). Empty: everyone who is answered. */
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
  /** Slack workspaces (T…) or organizations (E…) whose people are answered, beside the members of the bot's own workspace. */
  readonly workspaces: readonly string[];
  /** Whether guests of these are answered too: all of them, or those named. */
  readonly guests: boolean | readonly string[];
  /** Commit author's e-mail → Slack user id. */
  readonly emails: Readonly<Record<string, string>>;
}

/** One registry under its three addresses. `push` and `pull` are host:port, `api` is a URL. */
export interface RegistryAddresses {
  readonly push: string;
  readonly pull: string;
  readonly api: string;
}

export interface GitRules {
  /** Hosts (host or host:port) that may be read by plain http. */
  readonly httpHosts: readonly string[];
  /** Folders that may contain local repositories. */
  readonly localRoots: readonly string[];
  /** Who the bot commits as; such commits start no run. */
  readonly botEmail: string;
  /** Which login goes to which host; others are asked without one. */
  readonly logins?: readonly GitLoginRule[];
}

/** Where a login of git goes: to one host, and there to all repositories or one. */
export interface GitLoginRule {
  /** `host` or `host:port`. */
  readonly host: string;
  /** The path of the only repository that it is for, `owner/name`. */
  readonly repository?: string | undefined;
  readonly kind: 'password' | 'github-app' | 'ssh-key';
  /** NAME in the variables of its secret, such as GIT_NAME_PASSWORD; absent: GIT_USERNAME and GIT_PASSWORD. Not for `github-app`. */
  readonly secret?: string | undefined;
  /** Public keys of the host as ssh-keyscan prints them; for `ssh-key` alone. */
  readonly knownHosts?: readonly string[] | undefined;
}

/** The same with its secret. */
export type GitLogin = Pick<GitLoginRule, 'host' | 'repository' | 'secret'> &
  (
    | { readonly kind: 'password'; readonly username: string; readonly password: string }
    | { readonly kind: 'github-app' }
    | { readonly kind: 'ssh-key'; readonly key: string; readonly knownHosts: readonly string[] }
  );

/** What decides which branches a poll finds: the address of a repository, and its patterns. */
export type Watched = Pick<Repository, 'git' | 'branches'>;

export interface Repository {
  readonly name: string;
  /** Prefix of run ids: `runner` in `runner-142`. */
  readonly short: string;
  /** Where the bot polls: an https or http URL, or a local path. */
  readonly git: string;
  /** Where pods clone from, if that is another address than `git`. */
  readonly clone: string;
  /** Branch names and globs (`feature/*`). */
  readonly branches: readonly string[];
  readonly channel: string;
  /** `owner/name` on GitHub. */
  readonly github?: string;
  /** Where its version stands; absent: it has none. */
  readonly version?: VersionSource;
  readonly stages: readonly Stage[];
  readonly release?: ReleaseStage;
}

export interface VersionSource {
  /** A `<repo-version>` tag, a `:Revision:` line, a file of nothing else, `version` of a package.json, or the newest tag of the repository. */
  readonly from: 'readme' | 'adoc' | 'file' | 'package' | 'tags';
  /** The file that holds it; not for `tags`. */
  readonly path?: string;
  /** What stands before the version in the name of a tag: `v` in `v1.2.3`. */
  readonly prefix: string;
  /** What a bump makes; `none`: it only shows what would be. */
  readonly write: 'commit' | 'pull-request' | 'none';
}

/** Cuts a release of a run that passed, when people approve. */
export interface ReleaseStage {
  readonly name: string;
  /** Branches and globs from which releases are offered; absent: the first of the repository's. */
  readonly branches?: readonly string[];
  readonly approvals: ApprovalRules;
  /** The GitHub release; absent: only images are released. */
  readonly github?: {
    /** Globs below the source folder of the run's workspace. */
    readonly assets: readonly string[];
    /** GitHub's generated notes, or the commits since the last release. */
    readonly notes: 'generated' | 'commits';
    /** Whether the run's log is an asset too. */
    readonly log: boolean;
  };
  readonly images: readonly ReleaseImage[];
  /** `images-first`: nothing is published before all images are out. */
  readonly order: 'images-first' | 'github-first';
}

export interface ApprovalRules {
  readonly votes: number;
  /** Slack ids of users and user groups; empty: `people.approvers`. */
  readonly of: readonly string[];
  /** Milliseconds from the passing of the run. */
  readonly expires: number;
  /** Whether who started the run or wrote the commit may vote. */
  readonly self: boolean;
}

/** An image that is built and pushed after the approval, under the version as its tag. */
export interface ReleaseImage extends ImageStage {
  /** Name of an outside registry of the configuration; absent: the cluster's own. */
  readonly registry?: string;
}

/** A registry outside of the cluster, to which release images are pushed. */
export interface ExternalRegistry {
  /** host[:port], as pods say it. */
  readonly push: string;
  readonly api: string;
  /** Path of a file with the certificates (PEM) of the authority that vouches for it, where that is not one that everybody knows. */
  readonly ca?: string;
}

export type Stage = ImageStage | TestStage;

interface StageBasics {
  readonly name: string;
  /** Name of a file in the folder of job templates, without `.yaml`, or a path. */
  readonly template: string;
  /** Time limit of the pod, counted from its start on a node. */
  readonly timeout: number;
  /** Limit of waiting for a start. */
  readonly startTimeout: number;
  /** Size of the workspace, a Kubernetes quantity; the largest one of a repository's stages counts. */
  readonly workspace: string;
  /** Additional values for the template, under `.Values`. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ImageStage extends StageBasics {
  readonly kind: 'image';
  readonly dockerfile: string;
  /** Folder of the build context in the repository. */
  readonly context: string;
  /** Name of the image in the registry, without host and tag. */
  readonly repository: string;
}

export interface TestStage extends StageBasics {
  readonly kind: 'test';
  readonly gpus: number;
  /** The command to run in the image; empty: the image's own command. */
  readonly command: readonly string[];
}

/** The proxies of the environment, as whole http or https URLs, for addresses of either scheme. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are asked without a proxy, as NO_PROXY names them. */
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
  /** A Docker configuration (JSON) with the logins by which nodes pull images from other registries. */
  readonly imagePullConfig?: string;
}
