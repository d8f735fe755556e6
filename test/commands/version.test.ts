import test from 'ava';
import { version } from '../../commands/version.ts';
import { UserError } from '../../src/core/errors.ts';
import type { VersionReport } from '../../src/core/version/version-report.ts';

/** The command over versions that remember what they are asked; only Ada is an operator. */
function command() {
  const asked: object[] = [];
  const report: VersionReport = { repository: 'app', branch: 'main', sha: 'a'.repeat(40), path: 'README.md', version: '0.1.0' };
  const port = {
    version: async (wish: object) => {
      asked.push(wish);
      return report;
    },
  };
  const roles = { operator: async (user: string) => ({ allowed: user === 'U0123ADA', why: 'only Ada is' }) };
  const { run, audited: decides } = version(port, roles);
  const say = (text: string, user = 'U0123ADA') =>
    run({ words: text.split(' '), typed: `version ${text}`, user, channel: 'C1', key: 'k1', at: new Date(0) });
  return { asked, report, say, decides };
}

const asks = test.macro<[text: string, user: string, wish: object]>(async (t, text, user, wish) => {
  const { asked, report, say } = command();
  t.deepEqual(await say(text, user), { kind: 'version', report });
  t.deepEqual(asked, [wish]);
});

test('a version is shown to anyone', asks, 'app', 'U0789GUEST', { repository: 'app', by: 'U0789GUEST' });
test('show is the same', asks, 'app show', 'U0789GUEST', { repository: 'app', by: 'U0789GUEST' });
test('show takes a branch', asks, 'app show feature/x', 'U0789GUEST', { repository: 'app', branch: 'feature/x', by: 'U0789GUEST' });
for (const bump of ['pre', 'patch', 'minor', 'major', 'rc']) {
  test(`an operator asks for ${bump}`, asks, `app ${bump}`, 'U0123ADA', { repository: 'app', bump, by: 'U0123ADA' });
}
test('a bump takes a branch, and any case', asks, 'app Patch next', 'U0123ADA', {
  repository: 'app',
  bump: 'patch',
  branch: 'next',
  by: 'U0123ADA',
});

const refuses = test.macro<[text: string, user: string, words: RegExp]>(async (t, text, user, message) => {
  const { asked, say } = command();
  await t.throwsAsync(say(text, user), { instanceOf: UserError, message });
  t.deepEqual(asked, []);
});

test('a guest bumps nothing', refuses, 'app patch', 'U0789GUEST', /`version … patch` is for operators, and you are not one: only Ada is/);
test('a word like a bump is guessed', refuses, 'app pach', 'U0123ADA', /Did you mean `patch`/);
test(
  'a branch in its place is told where it goes',
  refuses,
  'app feature/x',
  'U0123ADA',
  /does not know `feature\/x`.*the branch comes after that/,
);

test('raising a version is a decision, showing it is none', (t) => {
  const { decides } = command();
  const isDecision = (text: string) => typeof decides === 'function' && decides(text.split(' '));
  for (const text of ['app patch', 'app Minor next', 'app pre feature/x']) t.true(isDecision(text), text);
  for (const text of ['app', 'app show', 'app show main', 'app pach']) t.false(isDecision(text), text);
});
