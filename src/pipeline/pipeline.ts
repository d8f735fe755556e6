import type { Config, Secrets } from '../core/config.ts';
import { loggedMessage } from '../core/errors.ts';
import type { Run } from '../core/run/run.ts';
import type { RunBook } from '../core/run/run-book.ts';
import { Announcer } from './chat/announcer.ts';
import { Orphans } from './cleanup/orphans.ts';
import { retire, Settled } from './cleanup/retention.ts';
import { OwnCommits } from './intake/own-commits.ts';
import { Poller } from './intake/poll.ts';
import { queue } from './intake/queue.ts';
import { Requests } from './intake/requests.ts';
import { logFileOf, tailOf } from './logs/log-tail.ts';
import { RunLogs } from './logs/stage-logs.ts';
import type { Ports } from './ports.ts';
import { type RunDeps, reconcileRun } from './reconcile-run.ts';
import { Decisions } from './release/decisions.ts';
import { ReleaseReconciler } from './release/reconcile-release.ts';
import { ClusterView } from './stage/cluster-view.ts';
import { networkOf } from './stage/network-policy.ts';
import { surroundings } from './stage/stage-values.ts';
import { noteBlockedReason, reportClusterOutage } from './status/blocked-reason.ts';
import { StatusReporter } from './status/report-status.ts';
import { repositoryStatus } from './status/repository-status.ts';
import { RepositoryVersions, type VersionWish } from './version/versions.ts';
import { WorkQueue } from './work-queue.ts';

const linesShown = 40;

/**
 * The lifecycle of a run: connects the steps with each other and with the outside.
 *
 *     new commits, people ──▶ requests ──▶ queue ──▶ work queue ──▶ reconcile-run ──▶ released
 *                                                       ▲                  │
 *            Jobs and pods, as the watches report them ─┘                  ▼
 *                                             every change is saved in the book ──▶ announcer, commit status
 */
export class Pipeline {
  readonly #config: Config;
  readonly #book: RunBook;
  readonly #ports: Ports;
  readonly #versions: RepositoryVersions;
  readonly #requests: Requests;
  readonly #takeTurns: () => Promise<void>;
  readonly #view: ClusterView;
  readonly #logs: RunLogs;
  readonly #workQueue: WorkQueue;
  /** Polls for new commits; people can pause and resume it per repository. */
  readonly poller: Poller;
  /** What people decide about releases. */
  readonly decisions: Decisions;
  readonly #announcer: Announcer;
  readonly #reporter: StatusReporter | undefined;
  readonly #settled = new Settled();
  readonly #orphans: Orphans;

  constructor(config: Config, secrets: Partial<Secrets>, book: RunBook, ports: Ports) {
    const { repositories, instance, limits } = config;
    const { github, records, release, now, log, doing } = ports;
    this.#config = config;
    this.#book = book;
    this.#ports = ports;
    // A run is created: for a new commit, or on request.
    const own = new OwnCommits(records);
    this.#versions = new RepositoryVersions({ ...ports, config, own, poll: (repository) => this.poller.poll(repository) });
    this.#requests = new Requests({ ...ports, book, config, versions: this.#versions });
    const notice = () => this.#announcer.notice();
    this.poller = new Poller({ ...ports, repositories, newRuns: limits.newRuns, own, requests: this.#requests, notice });
    // Its turn comes, and every event about it advances it.
    this.#takeTurns = queue(book, config, now);
    this.#view = new ClusterView((id) => this.#heard(id));
    const onProgress = (id: string) => this.#workQueue.enqueue(id, 1_000);
    this.#logs = new RunLogs({ ...ports, view: this.#view, onProgress });
    this.decisions = new Decisions({ book, config, ...release, now });
    const deps = this.#runDeps(secrets);
    const trouble = (id: string, message: string | undefined) => noteBlockedReason(book, id, message);
    this.#workQueue = new WorkQueue({ reconcile: (id) => reconcileRun(deps, id, doing), log, trouble });
    // Every change of it is announced.
    const logText = (run: Run, stage: string) => logFileOf(ports.logs, run, stage);
    this.#announcer = new Announcer({ ...ports, book, logText });
    this.#reporter = github && new StatusReporter({ book, github, repositories, instance, now, log });
    // It ends, and is eventually forgotten.
    book.keep(this.#settled);
    this.#orphans = new Orphans({ ...ports, book });
    book.onChange((run, before) => this.#changed(run, before));
  }

  /** Resumes whatever was in progress, and receives every event from then on. */
  begin(): void {
    const { cluster, log } = this.#ports;
    void this.#view
      .watch(cluster, (message) => reportClusterOutage(this.#book, message, log))
      .then(() => {
        for (const run of this.#book.all()) this.#enqueue(run);
        void this.#orphans.begin();
      });
    this.#nextTurns();
    this.#announcer.wake();
    this.#reporter?.begin();
  }

  /** Why the cluster cannot be watched at present; undefined if it can. */
  get clusterTrouble(): string | undefined {
    return this.#view.trouble;
  }

  poll(): Promise<void> {
    return this.poller.pollAll();
  }

  start(wish: { repository: string; branch?: string; by: string; key: string }) {
    return this.#requests.start(wish);
  }

  cancel(id: string, by: string) {
    return this.#requests.cancel(id, by);
  }

  cancelAll(wish: { repository: string; branches?: string; by: string }) {
    return this.#requests.cancelAll(wish);
  }

  retry(id: string, by: string, key: string) {
    return this.#requests.retry(id, by, key);
  }

  version(wish: VersionWish) {
    return this.#versions.ask(wish);
  }

  all(): readonly Run[] {
    return this.#book.all();
  }

  get(id: string): Run | undefined {
    return this.#book.get(id);
  }

  tail(run: Run, stage?: string, lines = linesShown) {
    return tailOf({ ...this.#ports, run: (id) => this.get(id) }, run, stage, lines);
  }

  repositories() {
    const { records } = this.#ports;
    return repositoryStatus(
      this.#config.repositories,
      this.#book,
      (name) => records.lastSeen(name),
      (name) => this.poller.status(name),
    );
  }

  /** A freeze began or ended: approved runs are reconciled again. */
  frozen(): void {
    for (const run of this.#book.inState('approved')) this.#enqueue(run);
  }

  async stop(): Promise<void> {
    this.#view.stop();
    this.#orphans.stop();
    this.#workQueue.stop();
    this.#logs.stop();
    this.#reporter?.stop();
    await this.#announcer.stop();
    await this.#ports.logs.flush();
  }

  /** A run that waits for its turn has no step to take, nor does one that is cleaned up. */
  #enqueue({ id, state, delivery }: Run): void {
    if (this.#view.isComplete && state !== 'queued' && !delivery.cleaned) this.#workQueue.enqueue(id);
  }

  #heard(id: string): void {
    const run = this.#book.get(id);
    if (run) this.#enqueue(run);
  }

  #nextTurns(): void {
    this.#takeTurns().catch((error) => this.#ports.log(`the queue: ${loggedMessage(error)}`));
  }

  async #changed(run: Run, before: Run | undefined): Promise<void> {
    if (before?.state !== run.state) this.#nextTurns();
    this.#enqueue(run);
    const beyond = this.#settled.beyond(this.#config.keep.runs, run.repository);
    if (beyond.length > 0) await retire(beyond, this.#book, this.#ports.records, this.#ports.logs);
  }

  /** What the steps of a run act on. */
  #runDeps(secrets: Partial<Secrets>): RunDeps {
    const { repositories, keep } = this.#config;
    // The GitHub port for statuses is not the one for releases, and logs are stored by their followers.
    const { release, github: _statuses, logs: _kept, ...ports } = this.#ports;
    const network = networkOf(this.#config);
    const deps = {
      ...ports,
      ...release,
      book: this.#book,
      view: this.#view,
      logs: this.#logs,
      versions: this.#versions,
      repositories,
      secrets,
      around: surroundings(this.#config, secrets, ports.clone?.needsOf),
      outside: release.logins,
      ...(network && { network }),
      loginsMadeAt: new Map(),
      keepMs: keep.namespaces,
      forget: (run: Run) => {
        this.#logs.forget(run);
        this.#view.forget(run);
      },
    };
    return { ...deps, releases: new ReleaseReconciler(deps) };
  }
}
