import { join } from 'node:path';
import { gitClient } from '../../src/clients/git/git-client.ts';
import { httpClient } from '../../src/clients/http/http-client.ts';
import { sampleRepository } from '../fixtures/git-repository.ts';
import { startDulwich } from './servers/dulwich.ts';
import { labels } from './servers/labels.ts';
import { testWith } from './support/installed.ts';
import { heard, saw } from './support/row.ts';

testWith(['dulwich'], `${labels.dulwich}: a server without filters is read`, async (t) => {
  const sample = sampleRepository(t);
  const main = sample.commit('main');
  const server = await startDulwich(sample.root);
  const http = httpClient();
  t.teardown(async () => {
    await http.close();
    await server.stop();
  });
  const rules = { httpHosts: [server.host], localRoots: [], botEmail: 'bot@example.com' };
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log: { info() {}, warn() {}, error() {} } });
  const address = `${server.url}/sample.git`;
  const repository = { name: 'sample', short: 'sample', git: address, clone: address, branches: ['main'], channel: '#ci', stages: [] };
  const sees = async <T>(did: string, asked: Promise<T>, said: (got: T) => string) => {
    const seen = await asked.then(said, (error) => heard(error, { [server.host]: 'git.example' }));
    saw(t, { rows: 'git', server: labels.dulwich, did }, seen);
  };
  await sees('branches are listed', git.heads(repository), (heads) => `branches: ${Object.keys(heads).join(', ')}`);
  await sees(
    'a commit is read, with git’s default configuration',
    git.commit(repository, 'main', main),
    ({ subject }) => `commit: ${subject}`,
  );
  await sees('a file is read', git.file(repository, 'main', main, 'file'), (text) => `file: ${text.split(' ')[0]}`);
});
