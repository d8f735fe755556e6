import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startGithub } from '../../src/github/github.ts';
import { bareRepository } from './_repository.ts';

export const repo = '/repos/ada/scheduler';

/** What was answered; `json` is undefined for what is no JSON. */
export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it is
  readonly json: any;
  readonly headers: Headers;
  readonly text: string;
}

/** The stand-in over a repository with two commits, asked by plain fetch. */
export async function aStand(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-stand-'));
  const { path, git, commit } = bareRepository(t);
  const shas = [commit('main', 'begin'), commit('main', 'go on')];
  const options = { folder, token: 'ghp_x', repositories: { 'ada/scheduler': { path } } };
  let stand = await startGithub(options);
  t.teardown(async () => {
    await stand.close();
    await rm(folder, { recursive: true, force: true });
  });
  const fetched = async (url: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(url, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, json: isJson ? JSON.parse(text) : undefined, headers: response.headers, text };
  };
  const ask = (call: string, body?: unknown, headers: Record<string, string> = { authorization: 'token ghp_x' }) => {
    const [method = '', route = ''] = call.split(' ');
    return fetched(`${stand.url}${route}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const upload = (id: number, file: string, content: string, headers: Record<string, string> = {}) =>
    fetched(`${stand.url.replace('/v3', '/uploads')}${repo}/releases/${id}/assets?name=${encodeURIComponent(file)}`, {
      method: 'POST',
      headers: { authorization: 'token ghp_x', 'content-type': 'text/plain', ...headers },
      body: content,
    });
  const page = (route: string, headers: Record<string, string> = {}) => fetched(`${stand.pages}${route}`, { headers, redirect: 'manual' });
  const restart = async () => {
    await stand.close();
    stand = await startGithub(options);
  };
  return { ask, upload, page, restart, git, commit, shas: shas as [string, string], stand: () => stand };
}
