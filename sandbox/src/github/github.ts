import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rateLimit } from './access.ts';
import { Faults } from './faults.ts';
import { latestOf, newestFirst } from './releases.ts';
import { type Context, serve } from './serve.ts';
import { openState, type StateOptions, type StoredAsset, type StoredRelease, type StoredStatus } from './state.ts';

export interface GithubOptions extends StateOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Gets one line for each request that was answered. */
  readonly log?: (line: string) => void;
}

/** A stand-in for GitHub over real git repositories; its records lie in a folder. */
export interface Github {
  /** The base of its API, as GITHUB_API_URL wants it. */
  readonly url: string;
  /** Where people read: `pages` itself lists the repositories, `pages` + owner/name + `/releases` the releases of one. */
  readonly pages: string;
  /** `owner/name`; the newest release first, drafts among them. */
  releases(repository: string): readonly (StoredRelease & { readonly latest: boolean })[];
  /** The path of the content of an asset. */
  assetFile(asset: StoredAsset): string;
  /** All statuses of a commit, the newest last. */
  statuses(repository: string, sha: string): readonly StoredStatus[];
  /** Calls the listener after each change, until the function that it gives is called. */
  onChange(listener: () => void): () => void;
  readonly faults: Faults;
  /** `POST /repos/ada/scheduler/releases`: every request to the API since the start, in their order. */
  requests(): readonly string[];
  close(): Promise<void>;
}

export async function startGithub({ port = 0, host = '127.0.0.1', log, ...options }: GithubOptions): Promise<Github> {
  const state = await openState(options);
  const faults = new Faults();
  const requests: string[] = [];
  const context: Context = { state, faults, requests, rate: rateLimit() };
  const server = createServer((request, response) => {
    response.once('close', () => log?.(`${request.method} ${request.url} ${response.statusCode}`));
    void serve(context, request, response);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = `http://${host}:${(server.address() as AddressInfo).port}`;
  const known = (name: string) => {
    const found = state.repositories.get(name.toLowerCase());
    if (!found) throw new Error(`the stand-in for GitHub has no repository ${name}`);
    return found;
  };
  return {
    url: `${address}/api/v3`,
    pages: `${address}/`,
    releases: (name) => {
      const latest = latestOf(known(name));
      return newestFirst(known(name)).map((one) => ({ ...one, latest: one === latest }));
    },
    assetFile: ({ id }) => state.assetPath(id),
    statuses: (name, sha) => known(name).statuses.filter((one) => one.sha === sha),
    onChange: (listener) => state.onChange(listener),
    faults,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
