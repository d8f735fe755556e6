import type { IncomingMessage, ServerResponse } from 'node:http';
import { mock } from 'node:test';
import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { json, loopback } from '../../fixtures/loopback.ts';
import { aRelease, aRepository, passedRun } from '../../pipeline/releasing.ts';
import { aPlace, assetOf, name, quiet } from './_github.ts';

const minuteMs = 60_000;
const sha = 'a'.repeat(40);
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

/** Every kind of request that the bot makes, and a clock that a test moves. */
async function anHour(t: ExecutionContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = await loopback(t, answer);
  const github = githubClient({ token: 'ghp_x', baseUrl: server.url, log: quiet, paced: false, retryMs: 1 });
  const clocks = { monotonic: performance.now.bind(performance), day: Date.now };
  let ahead = 0;
  t.teardown(() => mock.reset());
  mock.method(performance, 'now', () => clocks.monotonic() + ahead);
  mock.method(Date, 'now', () => clocks.day() + ahead);
  const change = { branch: 'main', path: 'VERSION', parent: sha, text: '1', message: 'm', topic: 't', author: { name: 'a', email: 'b@c' } };
  const draft = { tag: 'v1', name: 'v1', body: 'b', target: sha, prerelease: false, marker: 'uid' };
  const callers: Readonly<Record<string, () => Promise<unknown>>> = {
    'the commit status': () => github.setStatus(name, sha, { state: 'success', context: 'c', description: 'd' }),
    'a commit': () => github.commit(name, sha),
    'the version': () => github.files.read(name, sha, 'VERSION'),
    'a version bump': () => github.files.commit(name, change),
    'a pull request': () => github.files.propose(name, change),
    'the vote': () => github.releases.findRelease(name, 'v1', 'uid'),
    'the tag': () => github.releases.tagSha(name, 'v1'),
    'all tags': () => github.releases.tags(name, 'v'),
    'what is new': () => github.releases.compare(name, 'v1', sha),
    notes: () => github.releases.generateNotes(name, { tag: 'v1', target: sha }),
    'a draft': () => github.releases.ensureDraft(name, draft),
    'an upload': () => github.releases.ensureAsset(name, 1, assetOf('a', Buffer.from('x'))),
    publishing: () => github.releases.publish(name, 1, { wanted: draft, makeLatest: false }),
    doctor: () => github.check(name),
  };
  return {
    server,
    callers,
    forward: (ms: number) => {
      ahead += ms;
    },
  };
}

/** Lets every caller ask again and again during an hour, and gives the minutes in which GitHub was asked. */
async function asked({ server, callers, forward }: Awaited<ReturnType<typeof anHour>>, every = 10): Promise<readonly number[]> {
  const minutes: number[] = [];
  for (let minute = 0; minute < 60; minute += every) {
    for (const call of Object.values(callers)) {
      const before = server.requests.length;
      await call().catch(() => undefined);
      for (let more = server.requests.length - before; more > 0; more--) minutes.push(minute);
    }
    forward(every * minuteMs);
  }
  return minutes;
}

test.serial(
  'in an hour of a secondary limit that does not say how long it lasts, GitHub is asked after 1, 2, 4, 8, 16 and 32 minutes',
  async (t) => {
    for (const status of [403, 429]) {
      const hour = await anHour(t, (_, response) => json(response, status, { message: secondary }));
      const minutes = await asked(hour, 1);
      t.deepEqual(minutes, [0, 1, 3, 7, 15, 31], String(status));
      mock.reset();
    }
  },
);

test.serial('in an hour that GitHub has asked to wait, by either header, nobody asks again', async (t) => {
  const reset = () => String(Math.floor(Date.now() / 1_000) + 3_600);
  const waits: readonly ((response: ServerResponse) => void)[] = [
    (response) => json(response, 403, { message: secondary }, { 'retry-after': '3600' }),
    (response) => json(response, 429, { message: secondary }, { 'retry-after': '3600' }),
    (response) => json(response, 503, { message: 'Unavailable' }, { 'retry-after': '3600' }),
    (response) =>
      json(response, 403, { message: 'API rate limit exceeded' }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset() }),
  ];
  for (const [index, wait] of waits.entries()) {
    t.deepEqual(await asked(await anHour(t, (_, response) => wait(response))), [0], String(index));
    mock.reset();
  }
});

test.serial('the last request that a limit allows is the last', async (t) => {
  const headers = () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + 3_600) });
  const hour = await anHour(t, (_, response) => json(response, 200, { full_name: name, private: true }, headers()));
  await hour.callers.doctor?.();
  t.deepEqual(await asked(hour), []);
});

test.serial('a wait is told with its end, and after it all is as before', async (t) => {
  let limited = true;
  const hour = await anHour(t, (_, response) =>
    json(response, limited ? 403 : 200, { message: secondary, full_name: name, private: true }),
  );
  const refused = async (minutes: number) => {
    const error = await t.throwsAsync(async () => hour.callers.doctor?.(), {
      instanceOf: GithubError,
      message: /has reached its rate limit \(until 20/,
    });
    const left = error instanceof GithubError && error.retryAt ? (error.retryAt.getTime() - Date.now()) / minuteMs : 0;
    t.true(left > minutes - 0.2 && left <= minutes + 0.2, `${left} minutes`);
  };
  for (const minutes of [1, 2]) {
    await refused(minutes);
    hour.forward(minutes * minuteMs);
  }
  limited = false;
  await hour.callers.doctor?.();
  limited = true;
  await refused(1);
});

test.serial('requests that are refused together count as one', async (t) => {
  const hour = await anHour(t, (_, response) => json(response, 403, { message: secondary }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => hour.callers.doctor?.()));
  t.true(results.every(({ status }) => status === 'rejected'));
  hour.forward(minuteMs);
  const before = hour.server.requests.length;
  await hour.callers.doctor?.().catch(() => undefined);
  t.is(hour.server.requests.length, before + 1);
});

test.serial('a limit that lasts ends the attempt of a release after an hour, with a sentence', async (t) => {
  const place = await aPlace(t);
  const [sha = ''] = place.shas.slice(-1);
  const run = passedRun(1, { version: '1.0.1', commit: { sha } });
  const repository = { ...aRepository(), github: name };
  const { book, clock, step, approve } = aRelease([run], { repository, github: place.releases });
  const part = () => book.get(run.id)?.release?.github;
  await step(run.id);
  await approve(run.id);
  await step(run.id);
  place.stand.faults.failNext(/./, { status: 403, body: { message: secondary } }, 1_000);
  const before = place.stand.requests().length;
  const clocks = { monotonic: performance.now.bind(performance), day: Date.now };
  let minutes = 0;
  t.teardown(() => mock.reset());
  mock.method(performance, 'now', () => clocks.monotonic() + minutes * minuteMs);
  mock.method(Date, 'now', () => clocks.day() + minutes * minuteMs);
  for (; minutes < 90 && part()?.state !== 'failed'; minutes++) {
    await step(run.id).catch(() => undefined);
    clock.now = new Date(clock.now.getTime() + minuteMs);
  }
  t.true(minutes > 55 && minutes < 66, `${minutes} minutes`);
  t.true(place.stand.requests().length - before <= 7, `${place.stand.requests().length - before} requests`);
  t.regex(part()?.cause?.title ?? '', /^GitHub release: 127\.0\.0\.1:\d+ has reached its rate limit/);
  t.is(place.stand.releases(name).length, 0);
});
