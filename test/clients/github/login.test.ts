import { generateKeyPairSync } from 'node:crypto';
import { mock } from 'node:test';
import test from 'ava';
import { appTokens } from '../../../src/clients/github/login.ts';
import { direct } from '../../../src/clients/http.ts';
import { aPlace } from './_github.ts';

const quiet = { info() {}, warn() {}, error() {} };
const githubAppKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const minuteMs = 60_000;

test.serial('a token of the App for git is kept, and renewed well before its hour is over, also where the clock is set back', async (t) => {
  const { stand } = await aPlace(t);
  const settings = { githubApiUrl: stand.url, githubApp: { appId: '7', installationId: '42' } };
  const token = appTokens({ secrets: { githubAppKey }, settings, log: quiet, web: direct });
  const first = await token?.();
  t.is(await token?.(), first);
  const real = performance.now.bind(performance);
  const later = mock.method(performance, 'now', () => real() + 49 * minuteMs);
  t.teardown(() => mock.reset());
  t.is(await token?.(), first);
  // The time of day stands where it was, as after it was set back.
  later.mock.mockImplementation(() => real() + 51 * minuteMs);
  const second = await token?.();
  t.not(second, first);
  t.is(await token?.(), second);
  t.is(stand.requests().filter((one) => one.endsWith('/access_tokens')).length, 2);
});
