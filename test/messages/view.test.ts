import test from 'ava';
import type { ReleaseStage, Repository } from '../../src/core/config.ts';
import { viewOf, webPage } from '../../src/messages/view.ts';
import { aRun } from './runs.ts';

const repository: Repository = {
  name: 'studio-go-runner',
  short: 'runner',
  git: 'https://me:secret@git.example.com/a/b.git',
  clone: 'https://git.example.com/a/b.git',
  branches: ['main'],
  channel: '#ci',
  stages: [],
};
const now = new Date();
const viewWith = (repositories: Repository[], run = aRun()) =>
  viewOf(
    {
      repositories,
      registry: { push: 'p', pull: 'localhost:32000', api: 'http://a' },
      people: { approvers: [], emails: {} },
    },
    () => now,
  )(run);

test('a repository on GitHub has its page and a page for the commit', (t) => {
  const view = viewWith([{ ...repository, github: 'leaf-ai/studio-go-runner' }]);
  t.is(view.url, 'https://github.com/leaf-ai/studio-go-runner');
  t.is(view.commitUrl, `https://github.com/leaf-ai/studio-go-runner/commit/${aRun().commit.sha}`);
});

test('a clone address becomes a page without credentials, and no commit page is guessed', (t) => {
  const view = viewWith([repository]);
  t.is(view.url, 'https://git.example.com/a/b');
  t.is(view.commitUrl, undefined);
});

test('a run whose repository is no longer configured still has a title', (t) => {
  t.like(viewWith([]), { title: 'studio-go-runner', url: undefined, pull: 'localhost:32000' });
});

test('what a browser does not open is no page', (t) => {
  for (const address of ['/srv/git/a', 'ssh://git@example.com/a', 'javascript:alert(1)', 'git@example.com:a/b', 'https://x/`a`']) {
    t.is(webPage(address), address.startsWith('https') ? 'https://x/%60a%60' : undefined, address);
  }
});

test('an address cannot end its link', (t) => {
  t.is(webPage('https://x/a|b>c&d'), 'https://x/a%7Cb%3Ec&amp;d');
});

test('a release is shown with who may approve, and where it goes', (t) => {
  const stage = {
    kind: 'image',
    template: 'release-stock',
    timeout: 1,
    startTimeout: 1,
    workspace: '1Gi',
    values: {},
    dockerfile: 'D',
    context: '.',
  };
  const release: ReleaseStage = {
    name: 'release',
    approvals: { votes: 1, of: ['U1'], expires: 1, self: false },
    github: { assets: ['bin/*'], notes: 'generated', log: false },
    images: [
      { ...stage, kind: 'image', name: 'stock', repository: 'a/b', registry: 'azure' },
      { ...stage, kind: 'image', name: 'own', repository: 'a/b' },
    ],
    order: 'images-first',
  };
  const config = {
    repositories: [{ ...repository, github: 'leaf-ai/studio-go-runner', release }],
    registry: { push: 'p', pull: 'localhost:32000', api: 'http://a' },
    registries: { azure: { push: 'azure.example.com', api: 'https://azure.example.com' } },
    people: { operators: [], approvers: ['U2', 'S3'], emails: {} },
  };
  t.deepEqual(viewOf(config, () => now)(aRun()).release, {
    approvers: ['U1'],
    images: [
      { name: 'stock', place: 'azure.example.com/a/b' },
      { name: 'own', place: 'localhost:32000/a/b' },
    ],
    github: { name: 'leaf-ai/studio-go-runner', url: 'https://github.com/leaf-ai/studio-go-runner', assets: ['bin/*'] },
  });
  const anyApprover = { ...release, approvals: { ...release.approvals, of: [] } };
  const { release: shown } = viewOf({ ...config, repositories: [{ ...repository, release: anyApprover }] }, () => now)(aRun());
  t.deepEqual(shown?.approvers, ['U2', 'S3']);
  t.is(shown?.github, undefined);
});
