import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { gitClient } from '../../../src/clients/git/git-client.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import type { Repository } from '../../../src/core/config.ts';
import { sampleRepository } from '../../fixtures/git-repository.ts';
import { gitServer } from '../../fixtures/git-server.ts';

/** A repository that is polled over HTTP. @param before may answer a request in place of git; true if it did */
export async function polled(t: ExecutionContext, before: (request: IncomingMessage, response: ServerResponse) => boolean) {
  const sample = sampleRepository(t);
  const server = await gitServer(sample.root, { before });
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await server.close();
  });
  const rules = { httpHosts: [server.host], localRoots: [], botEmail: 'bot@example.com' };
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log: { info() {}, warn() {}, error() {} } });
  const url = `${server.url}/sample.git`;
  const repository: Repository = { name: 's', short: 's', git: url, clone: url, branches: ['**'], channel: '#ci', stages: [] };
  return { sample, server, git, repository };
}
