import test from 'ava';
import { GitLogins } from '../../../src/clients/git/logins/logins.ts';
import { podLogins, privateAuthorities } from '../../../src/clients/git/logins/pod-logins.ts';
import { certificate } from '../../fixtures/authority.ts';

test('pods get the authorities that only NODE_EXTRA_CA_CERTS has, for https alone', async (t) => {
  const authorities = privateAuthorities([certificate.trim(), certificate]);
  const pods = podLogins(new GitLogins(), authorities);
  t.deepEqual(pods.needsOf('https://git.lab/app.git'), { authorities: true });
  t.deepEqual(await pods.fieldsOf('https://git.lab/app.git'), { 'ca.crt': certificate + certificate });
  for (const address of ['http://git.lab/app.git', 'git@git.lab:app.git', '/srv/app.git']) t.deepEqual(pods.needsOf(address), {});
  t.deepEqual(await pods.fieldsOf('http://git.lab/app.git'), {});
});

test('public authorities are not among them', (t) => {
  t.is(privateAuthorities([certificate], [certificate]), '');
  t.is(privateAuthorities([]), '');
});
