import test from 'ava';
import { type Github, githubFindings } from '../../src/cli/findings/github.ts';
import type { Repository } from '../../src/core/config.ts';
import { UserError } from '../../src/core/errors.ts';

const url = 'https://git.example.com/demo';
const demo: Repository = {
  name: 'demo',
  short: 'demo',
  git: url,
  clone: url,
  branches: ['main'],
  channel: '#ci',
  stages: [],
  github: 'acme/demo',
};
const access = { name: 'acme/demo', private: true, canPush: true, scopes: ['repo', 'workflow'], requestsLeft: 4999 };

const finds = test.macro(async (t, github: Github | undefined, repository: Repository, ...wanted: RegExp[]) => {
  const found = await githubFindings(github, [repository]);
  t.is(found.length, wanted.length);
  for (const [index, { state, about, evidence, next = '' }] of found.entries()) {
    t.regex(`${state} ${about}: ${evidence}. ${next}`, wanted[index] ?? /$^/);
  }
});

const token = (change: object = {}): Github => ({ who: 'GITHUB_TOKEN', check: async () => ({ ...access, ...change }) });
const app = (change: object = {}): Github => ({ ...token(change), who: 'the GitHub App' });

test(
  'a token that may push is well, with its scopes and what is left to it',
  finds,
  token(),
  demo,
  /^ok GitHub: demo: GITHUB_TOKEN reads acme\/demo, which is private; may push; scopes repo, workflow; 4999 requests left this hour\. $/,
);
test(
  'a token that may not push is a failure',
  finds,
  token({ canPush: false }),
  demo,
  /^failed .*; may not push; .* statuses and releases need it\.$/,
);
test(
  'of an App GitHub need not say so',
  finds,
  app({ canPush: false }),
  demo,
  /^unknown .*the GitHub App reads .*permissions of its installation/,
);
test('an App that may push is well', finds, app(), demo, /^ok .*the GitHub App reads acme\/demo.*may push/);
test(
  'another name is told',
  finds,
  token({ name: 'acme/new' }),
  demo,
  /^warning .*acme\/demo has been renamed to acme\/new\. Write `github: acme\/new`/,
);
test('only another case is none', finds, token({ name: 'Acme/Demo' }), demo, /^ok /);
test(
  'without a login it is said what is lost, and which variables there are',
  finds,
  undefined,
  demo,
  /^warning .*neither GITHUB_TOKEN nor a GitHub App .* is set: no statuses are set\. Set GITHUB_TOKEN, or GITHUB_APP_ID, .*GITHUB_APP_KEY/,
);
test(
  'a refusal is told in its words',
  finds,
  { who: 'GITHUB_TOKEN', check: () => Promise.reject(new UserError('GITHUB_TOKEN is invalid')) },
  demo,
  /^failed GitHub: demo: GITHUB_TOKEN is invalid\. Fix this/,
);

test('a repository that is not on GitHub is not asked for', async (t) => {
  const { github: _, ...elsewhere } = demo;
  t.deepEqual(await githubFindings(undefined, [elsewhere]), []);
});
