import { z } from 'zod';
import { nextStates, type Run, type RunState } from '../../core/run/run.ts';
import { isExact, type Plain } from './exact.ts';

const text = z.string();
const count = z.number();
const yes = z.literal(true);
const time = text.refine((value) => !Number.isNaN(Date.parse(value)), { error: 'no time' });
const list = <S extends z.ZodType>(of: S) => z.array(of);

const cause = z.object({ kind: text, title: text, excerpt: list(text), next: text });

const object = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z.looseObject({
    name: text,
    namespace: text.exactOptional(),
    labels: z.record(text, text).exactOptional(),
    annotations: z.record(text, text).exactOptional(),
  }),
});

const progress = z.object({
  step: z.object({ n: count, of: count, what: text }).exactOptional(),
  cacheHits: count.exactOptional(),
  cacheMisses: count.exactOptional(),
  imageBytes: count.exactOptional(),
  pushing: z.boolean().exactOptional(),
  tests: z.object({ passed: count, failed: count, skipped: count, running: text.exactOptional() }).exactOptional(),
  notes: list(text).exactOptional(),
});

const statements = z.object({ pushed: list(z.object({ config: text, layers: list(text) })), messages: list(text) });

const stage = z.object({
  name: text,
  kind: z.enum(['image', 'test']),
  state: z.enum(['waiting', 'starting', 'started', 'passed', 'failed', 'cancelled', 'skipped']),
  attempt: count.exactOptional(),
  reusedFrom: text.exactOptional(),
  objects: list(object).exactOptional(),
  job: text.exactOptional(),
  jobUid: text.exactOptional(),
  phase: text.exactOptional(),
  waitingFor: text.exactOptional(),
  progress: progress.exactOptional(),
  cause: cause.exactOptional(),
  statements: statements.exactOptional(),
  image: z.object({ repository: text, tag: text, digest: text, bytes: count.exactOptional(), unseen: yes.exactOptional() }).exactOptional(),
  logs: list(z.object({ container: text, pod: text, lines: count, done: z.boolean() })).exactOptional(),
  startedAt: time.exactOptional(),
  podStartedAt: time.exactOptional(),
  endedAt: time.exactOptional(),
  failingSince: time.exactOptional(),
  heldSince: time.exactOptional(),
  untouched: yes.exactOptional(),
});

const vote = z.object({ by: text, at: time });

const asset = z.object({
  name: text,
  bytes: count,
  sha256: text.exactOptional(),
  uploaded: z.boolean(),
  id: count.exactOptional(),
  as: text.exactOptional(),
});

const github = z.object({
  state: z.enum(['waiting', 'collecting', 'drafting', 'uploading', 'publishing', 'published', 'failed', 'skipped']),
  attempt: count.exactOptional(),
  versionChecked: yes.exactOptional(),
  failedAt: time.exactOptional(),
  failingSince: time.exactOptional(),
  maybePublished: yes.exactOptional(),
  url: text.exactOptional(),
  draft: text.exactOptional(),
  assets: list(asset).exactOptional(),
  cause: cause.exactOptional(),
  why: text.exactOptional(),
});

const release = z.object({
  version: text,
  tag: text,
  openedAt: time.exactOptional(),
  expiresAt: time.exactOptional(),
  requiredVotes: count,
  votes: list(vote),
  rejected: vote.extend({ reason: text }).exactOptional(),
  previous: text.exactOptional(),
  changes: list(z.object({ sha: text, subject: text, author: text.exactOptional() })).exactOptional(),
  notes: text.exactOptional(),
  notesBy: text.exactOptional(),
  problem: text.exactOptional(),
  doubt: text.exactOptional(),
  frozenBy: z.object({ by: text, reason: text }).exactOptional(),
  approvedAt: time.exactOptional(),
  images: list(stage).exactOptional(),
  github: github.exactOptional(),
  marker: text.exactOptional(),
  attemptedImages: list(text).exactOptional(),
  reported: list(statements.extend({ name: text })).exactOptional(),
  leftovers: z.object({ images: list(text) }).exactOptional(),
});

const posted = z.object({ state: z.literal('posted'), channel: text, ts: text, revision: count });

const state = z.enum(Object.keys(nextStates) as [RunState, ...RunState[]]);

/** A run as stored in its file. Unknown keys, as a newer version may write, are not an error. */
export const runSchema = z.object({
  id: text,
  uid: text.min(1),
  key: text,
  repository: text,
  branch: text,
  commit: z.object({
    sha: text,
    subject: text.exactOptional(),
    author: z.object({ name: text, email: text }).exactOptional(),
    date: text.exactOptional(),
    url: text.exactOptional(),
    problem: text.exactOptional(),
  }),
  coversEarlierCommits: yes.exactOptional(),
  cause: z.union([z.object({ kind: z.literal('commit') }), z.object({ kind: z.enum(['command', 'retry']), by: text, key: text })]),
  version: text.exactOptional(),
  versionProblem: text.exactOptional(),
  tag: text.exactOptional(),
  retryOf: text.exactOptional(),
  state,
  reason: text.exactOptional(),
  queuedBehind: text.exactOptional(),
  supersededBy: text.exactOptional(),
  cancelledBy: text.exactOptional(),
  stages: list(stage),
  release: release.exactOptional(),
  notReleased: text.exactOptional(),
  namespace: text,
  blockedReason: text.exactOptional(),
  refusals: z.record(text, text).exactOptional(),
  createdAt: time,
  startedAt: time.exactOptional(),
  endedAt: time.exactOptional(),
  revision: count,
  delivery: z.object({
    channel: text,
    message: z.union([z.object({ state: z.literal('intended') }), posted]).exactOptional(),
    thread: list(
      z.object({
        key: text,
        kind: z.enum(['request', 'cause', 'log']),
        stage: text,
        state: z.enum(['pending', 'intended', 'posted', 'refused']),
      }),
    ),
    unannounced: yes.exactOptional(),
    refused: z.object({ state, why: text, isOfChannel: z.boolean() }).exactOptional(),
    commitStatus: text.exactOptional(),
    cleaned: z.boolean(),
  }),
});

isExact<Plain<Run>, Plain<z.infer<typeof runSchema>>>(true);
