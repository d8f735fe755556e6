import test, { type ExecutionContext } from 'ava';
import { githubClient } from '../../../src/clients/github/github-client.ts';
import { GithubError } from '../../../src/clients/github/github-error.ts';
import { octokitFor } from '../../../src/clients/github/octokit.ts';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type GithubDescription, githubDescription } from '../../fixtures/github-description/check.ts';
import type { Schema } from '../../fixtures/github-description/load.ts';
import { loopback } from '../../fixtures/loopback.ts';
import { everyCall } from './_calls.ts';
import { assetOf, name, quiet } from './_github.ts';
import { RandomValues } from './_random.ts';

const times = 50;
const sha = 'a'.repeat(40);

interface Made {
  readonly status: number;
  readonly json?: unknown;
}

/** An answer to a request, as GitHub describes it. */
type Answering = (description: GithubDescription, request: { method: string; path: string }) => Made;

/** A GitHub whose answers are made by a function that a test may change. */
async function aGithub(t: ExecutionContext) {
  const description = githubDescription();
  const asked: { method: string; path: string }[] = [];
  let answering: Answering = () => ({ status: 500 });
  const made = (request: { method: string; path: string }): Made => {
    try {
      return answering(description, request);
    } catch (error) {
      t.fail(String(error));
      return { status: 500 };
    }
  };
  const server = await loopback(t, ({ method = '', url = '' }, response) => {
    const request = { method, path: url };
    asked.push(request);
    const { status, json } = made(request);
    if (json === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
  });
  const options = { token: 'ghp_x', baseUrl: server.url, log: quiet, paced: false, retryMs: 0 };
  const answers = (by: Answering) => {
    answering = by;
  };
  return { description, server, asked, answers, api: octokitFor(options), client: githubClient(options) };
}

const schemaOf = (content: Readonly<Record<string, { readonly schema?: Schema }>> | undefined): Schema | undefined =>
  content?.['application/json']?.schema ?? Object.entries(content ?? {}).find(([type]) => type.startsWith('application/'))?.[1].schema;

/** A valid answer, different for each seed; what it should be is checked by the description itself. */
function valid(seed: number): Answering {
  return (description, { method, path }) => {
    const found = description.operation(method, path);
    const [status = '200', described] = Object.entries(found?.operation.responses ?? {}).find(([one]) => /^20[014]$/.test(one)) ?? [];
    const schema = schemaOf(described?.content);
    const json = schema && new RandomValues(description.schemas, seed).of(schema);
    const wrong = description.wrongAnswer({ method, path }, { status: Number(status), contentType: undefined, json });
    if (wrong) throw new Error(wrong);
    return { status: Number(status), ...(schema && { json }) };
  };
}

/** Whether a thrown value is one that people can be told. */
function isTold(error: unknown): boolean {
  const isKnown = [UserError, GithubError, HalfAnswer, HttpError].some((kind) => error instanceof kind);
  return (
    isKnown &&
    error instanceof Error &&
    !/<\/?(?:html|body|p)>/i.test(error.message) &&
    !/undefined|\[object|Cannot read|is not (?:a function|iterable)/.test(error.message)
  );
}

test('each method takes 50 random answers that GitHub may give', async (t) => {
  const github = await aGithub(t);
  for (const { name: method, send } of everyCall) {
    for (let seed = 1; seed <= times; seed++) {
      github.answers(valid(seed));
      const error = await send(github.api, github.server.url).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // Of the commit that it has made, GitHub promises nothing.
      const isHalf = method === 'repos.createOrUpdateFileContents' && error instanceof HalfAnswer;
      t.true(error === undefined || isHalf, `${method}, seed ${seed}: ${error}`);
    }
  }
});

const change = { branch: 'main', path: 'VERSION', parent: sha, text: '1', message: 'm', topic: 't', author: { name: 'a', email: 'b@c' } };
const draft = { tag: 'v1', name: 'v1', body: 'b', target: sha, prerelease: false, marker: 'uid' };
const asset = assetOf('a', Buffer.from('x'));

type Client = ReturnType<typeof githubClient>;

/** Everything that the bot asks its client for. */
const calls: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  commit: (client) => client.commit(name, sha),
  setStatus: (client) => client.setStatus(name, sha, { state: 'success', context: 'c', description: 'd' }),
  check: (client) => client.check(name),
  read: ({ files }) => files.read(name, sha, 'VERSION'),
  bump: ({ files }) => files.commit(name, change),
  propose: ({ files }) => files.propose(name, change),
  findRelease: ({ releases }) => releases.findRelease(name, 'v1', 'uid'),
  ensureDraft: ({ releases }) => releases.ensureDraft(name, draft),
  ensureAsset: ({ releases }) => releases.ensureAsset(name, 1, asset),
  publish: ({ releases }) => releases.publish(name, 1, { wanted: draft, makeLatest: true }),
  generateNotes: ({ releases }) => releases.generateNotes(name, { tag: 'v1', target: sha }),
  tagSha: ({ releases }) => releases.tagSha(name, 'v1'),
  tags: ({ releases }) => releases.tags(name, 'v'),
  latestRelease: ({ releases }) => releases.latestRelease(name),
  compare: ({ releases }) => releases.compare(name, 'v1', sha),
};

async function endsWell(t: ExecutionContext, client: Client, what: string): Promise<void> {
  for (const [call, ask] of Object.entries(calls)) {
    try {
      await ask(client);
    } catch (error) {
      t.true(isTold(error), `${what}, ${call}: ${error instanceof Error ? error.stack : error}`);
    }
  }
}

test('whatever GitHub may answer, each request of the bot ends with data or a sentence', async (t) => {
  const github = await aGithub(t);
  for (let seed = 1; seed <= times; seed++) {
    let number = 0;
    github.answers((description, request) => valid(seed * 1_000 + number++)(description, request));
    await endsWell(t, github.client, `seed ${seed}`);
  }
});

test('each error that GitHub describes for a request ends it with a sentence', async (t) => {
  const github = await aGithub(t);
  const { description } = github;
  const errors = new Set<string>();
  github.answers(valid(1));
  for (const { send } of everyCall) await send(github.api, github.server.url).catch(() => undefined);
  for (const { method, path } of github.asked)
    for (const status of Object.keys(description.operation(method, path)?.operation.responses ?? {}))
      if (Number(status) >= 300) errors.add(status);
  // The last one makes the client wait.
  for (const status of [...errors, '401', '403', '500', '502', '503', '429'].map(Number)) {
    // The first request of a call, or one after it.
    for (const before of [2, 1, 0]) {
      const fails: Answering = (_, { method, path }) => {
        const schema = schemaOf(description.operation(method, path)?.operation.responses[String(status)]?.content);
        return { status, json: new RandomValues(description.schemas, before).of(schema ?? description.schemas['basic-error'] ?? {}) };
      };
      let number = 0;
      github.answers((...of) => (number++ < before ? valid(before) : fails)(...of));
      await endsWell(t, github.client, `${status} after ${before}`);
    }
  }
});
