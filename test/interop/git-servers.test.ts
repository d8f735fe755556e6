import { join } from 'node:path';
import { gitClient } from '../../src/clients/git/git-client.ts';
import { httpClient } from '../../src/clients/http/http-client.ts';
import { sampleRepository } from '../fixtures/git-repository.ts';
import { type GitServerName, gitServers, startGitServer } from './servers/git.ts';
import { testWith } from './support/installed.ts';

const quiet = { info() {}, warn() {}, error() {} };

for (const name of Object.keys(gitServers) as GitServerName[]) {
  testWith(gitServers[name].programs, `${name}: branches are listed and a commit is read`, async (t) => {
    const sample = sampleRepository(t);
    const main = sample.commit('main');
    const server = await startGitServer(name, { root: sample.root });
    const http = httpClient();
    t.teardown(async () => {
      await http.close();
      await server.stop();
    });
    const rules = { httpHosts: [server.host], localRoots: [], botEmail: 'bot@example.com' };
    const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log: quiet });
    const address = `${server.url}/sample.git`;
    const repository = { name: 'sample', short: 'sample', git: address, clone: address, branches: ['main'], channel: '#ci', stages: [] };
    t.deepEqual(await git.heads(repository), { main }, server.log());
    t.is((await git.commit(repository, 'main', main)).subject, 'work on main');
  });
}
