import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type GitClient, gitClient } from '../../../src/clients/git/git-client.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import type { Repository } from '../../../src/core/config.ts';
import { loginAt } from '../../fixtures/git-login.ts';
import { type SampleRepository, sampleRepository } from '../../fixtures/git-repository.ts';
import { type GitServerName, type GitServerOptions, startGitServer } from '../servers/git.ts';
import type { Server } from '../servers/start.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { heard } from './row.ts';

export interface GitWorld {
  readonly sample: SampleRepository;
  readonly server: Server;
  readonly proxy: FaultProxy;
  readonly git: GitClient;
  /** At the proxy, which is in front of the server. */
  readonly repository: Repository;
  /** What came of something that the bot asked for: what it got, or the sentence. */
  outcome<T>(asked: Promise<T>, said?: (got: T) => string): Promise<string>;
  /** What the bot sees of the branches. */
  branches(): Promise<string>;
}

/** The bot's git client, and a repository of one branch on a server that somebody else wrote, with a proxy between. */
export async function gitWorld(
  t: ExecutionContext,
  name: GitServerName,
  { init = [], ...options }: Partial<GitServerOptions> & { readonly init?: readonly string[] } = {},
): Promise<GitWorld> {
  const sample = sampleRepository(t, ...init);
  sample.commit('main');
  const server = await startGitServer(name, { root: sample.root, ...options });
  const proxy = await faultProxy(server.url);
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await proxy.stop();
    await server.stop();
  });
  const rules = { httpHosts: [proxy.host], localRoots: [], botEmail: 'bot@example.com' };
  const login = loginAt(proxy.host, { username: 'coxswain', password: 'over-the-water' });
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log: quiet, ...(options.push && login) });
  const address = `${proxy.url}/sample.git`;
  const repository = { name: 'sample', short: 'sample', git: address, clone: address, branches: ['**'], channel: '#ci', stages: [] };
  const outcome = async <T>(asked: Promise<T>, said: (got: T) => string = String): Promise<string> => {
    try {
      return said(await asked);
    } catch (error) {
      return heard(error, { [proxy.host]: 'git.example', [sample.root]: '…' });
    }
  };
  const branches = () => outcome(git.heads(repository), (heads) => `branches: ${Object.keys(heads).sort().join(', ') || 'none'}`);
  return { sample, server, proxy, git, repository, outcome, branches };
}

const quiet = { info() {}, warn() {}, error() {} };
