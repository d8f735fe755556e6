import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { GitError, git } from '../../../../src/clients/git/program/git-cli.ts';
import { gitIn, prepareHome } from '../../../../src/clients/git/program/git-home.ts';
import { inOurWords } from '../../../../src/clients/git/program/git-words.ts';
import { messageOf } from '../../../../src/core/errors.ts';
import { aProxy } from '../../../fixtures/proxy.ts';

/** What is said where the git program asks for an address through a proxy. */
async function said(t: ExecutionContext, address: string, proxy: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-git-proxy-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const cli = gitIn(folder, {});
  await prepareHome(cli);
  const protocols = address.startsWith('https') ? 'https' : 'http';
  const error = await t.throwsAsync(git(cli, ['ls-remote', address], { protocols, proxy }), { instanceOf: GitError });
  return messageOf(inOurWords(error, { where: 'git.example', about: '/a', login: 'check the login', proxy }));
}

for (const address of ['https://git.example/a', 'http://git.example/a']) {
  const scheme = address.slice(0, address.indexOf(':'));

  test(`${scheme}: a proxy that is down, or has no address, is to blame for it`, async (t) => {
    for (const proxy of ['http://127.0.0.1:1/', 'http://proxy.invalid:3128/']) {
      const text = await said(t, address, proxy);
      t.regex(text, /^The proxy http:\/\/[\w.:]+ cannot be reached by git, on the way to git\.example \(git: .*\): check HTTPS_PROXY/);
    }
  });

  test(`${scheme}: a proxy that refuses its login names the login, without the password`, async (t) => {
    const { url } = await aProxy(t, { login: 'ada:right' });
    const wrong = await said(t, address, `${url.replace('//', '//ada:wr0ng@')}/`);
    t.regex(wrong, /^The proxy http:\/\/127\.0\.0\.1:\d+ .* does not accept its login \(407\) on the way to git\.example: write its user/);
    t.false(wrong.includes('wr0ng'));
    t.regex(await said(t, address, `${url}/`), /requires a login \(407\)/);
  });
}

test('a proxy that does not reach the host says so, and not the host', async (t) => {
  const { url } = await aProxy(t);
  t.regex(
    await said(t, 'https://127.0.0.1:1/a', `${url}/`),
    /^The proxy .* does not connect to git\.example \(502\): check that the proxy can resolve/,
  );
});
