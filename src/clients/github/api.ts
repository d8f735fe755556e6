import { setTimeout as sleep } from 'node:timers/promises';
import type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
import type { z } from 'zod';
import { HalfAnswer, wholeAnswer } from '../http/half-answer.ts';
import { isPage } from '../http/login-page.ts';
import { answers, appToken, nothing } from './answers.ts';
import { isRepeatable } from './requests.ts';

type Scopes = typeof answers;

interface Answer<T> {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: T;
}

/** A list continues on further pages, which `pagesOf` reads. */
export type Call<P, T> = (parameters: P) => Promise<Answer<T>>;

type ParametersOf<S extends keyof Scopes, M> = M extends keyof RestEndpointMethodTypes[S]
  ? RestEndpointMethodTypes[S][M] extends { readonly parameters: infer P }
    ? P
    : never
  : never;

/** What the client calls of Octokit. Each method has a schema for its answers, and returns only what that has checked. */
export interface GithubApi {
  readonly rest: {
    readonly [S in keyof Scopes]: { readonly [M in keyof Scopes[S]]: Call<ParametersOf<S, M>, z.infer<Scopes[S][M]>> };
  };
  auth(options: { readonly type: string }): Promise<unknown>;
}

type Method = Call<object, unknown> & { readonly endpoint: { readonly DEFAULTS: { readonly method: string; readonly url: string } } };

/**
 * Octokit with checked answers: by itself it passes on a body that is empty, cut off or a web page as text, with the status of success.
 * Requests that may be repeated are repeated after such an answer.
 */
export function checkedApi(octokit: Octokit, retryMs: number): GithubApi {
  // Requested by Octokit itself.
  octokit.hook.after('request', (answer, { url }) => {
    if (url.endsWith('/access_tokens')) whole(appToken, answer);
  });
  const methods = octokit.rest as unknown as Readonly<Record<string, Readonly<Record<string, Method>>>>;
  const checkedScope = ([scope, schemas]: [string, object]) => {
    const calls = Object.entries(schemas).map(([name, schema]) => [name, checked(methods[scope]?.[name], schema, retryMs)] as const);
    return [scope, Object.fromEntries(calls)] as const;
  };
  const rest = Object.fromEntries(Object.entries(answers).map(checkedScope)) as unknown as GithubApi['rest'];
  return { rest, auth: (options) => octokit.auth(options) };
}

function checked(call: Method | undefined, schema: z.ZodType, retryMs: number): Call<object, unknown> {
  return async (parameters) => {
    if (!call) throw new Error('a schema for a method that Octokit does not have');
    const waits = isRepeatable(call.endpoint.DEFAULTS) ? [retryMs, 4 * retryMs] : [];
    for (;;) {
      try {
        const answer = await call(parameters);
        return { ...answer, data: whole(schema, answer) };
      } catch (error) {
        const half = notModified(error) ?? error;
        const wait = half instanceof HalfAnswer ? waits.shift() : undefined;
        if (wait === undefined) throw half;
        await sleep(wait);
      }
    }
  };
}

/** @throws HalfAnswer */
function whole(schema: z.ZodType, { status, url, headers, data }: Answer<unknown>): unknown {
  const { host, pathname } = placeOf(url);
  const half = (problem: string) => new HalfAnswer(host, pathname, problem);
  if (isPage({ status, header: (name) => headers[name]?.toString() }))
    throw half('it is a web page: check GITHUB_API_URL. The login page of a proxy or a portal in between looks the same');
  if (status === (schema === nothing ? 204 : 200) || (schema !== nothing && status === 201))
    return schema === nothing ? undefined : wholeAnswer(schema, data, { host, about: pathname });
  throw half(status === 202 ? 'it is still being made (202)' : `its status is ${status}`);
}

/** What an answer is about, for a sentence. */
function placeOf(url: string): { readonly host: string; readonly pathname: string } {
  return URL.canParse(url) ? new URL(url) : { host: 'GitHub', pathname: url };
}

/** Nothing is ever asked for on the condition that it has changed. */
function notModified(error: unknown): HalfAnswer | undefined {
  const { status, response } = error as { readonly status?: unknown; readonly response?: { readonly url?: string } };
  if (status !== 304) return undefined;
  const { host, pathname } = placeOf(response?.url ?? '');
  return new HalfAnswer(host, pathname, 'its status is 304');
}
