import { generateKeyPairSync } from 'node:crypto';
import { mock } from 'node:test';
import test from 'ava';
import { appTokens, githubFor } from '../../../src/clients/github/login.ts';
import { direct } from '../../../src/clients/http/http-client.ts';
import { aPlace, name } from './_github.ts';

const quiet = { info() {}, warn() {}, error() {} };
const githubAppKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const minuteMs = 60_000;

test.serial('a token of the App is kept, and renewed well before its hour is over, whatever clock is set or stops', async (t) => {
  const { stand } = await aPlace(t);
  const ground = { secrets: { githubAppKey }, settings: { githubApiUrl: stand.url, githubApp: { appId: '7', installationId: '42' } } };
  const token = appTokens({ ...ground, log: quiet, web: direct });
  const github = githubFor({ ...ground, log: quiet, web: direct });
  const made = () => stand.requests().filter((one) => one.endsWith('/access_tokens')).length;
  const both = async () => [await token?.(), (await github?.check(name)) && made()];
  const [first] = await both();
  t.is(made(), 2, 'one for git, one for the API');
  const clocks = { monotonic: performance.now.bind(performance), day: Date.now };
  t.teardown(() => mock.reset());
  const monotonic = mock.method(performance, 'now', () => clocks.monotonic() + 49 * minuteMs);
  t.is((await both())[0], first);
  t.is(made(), 2);
  // The time of day stands where it was, as after it was set back.
  monotonic.mock.mockImplementation(() => clocks.monotonic() + 51 * minuteMs);
  const [second] = await both();
  t.not(second, first);
  t.is(made(), 4);
  t.is((await both())[0], second);
  // As after a sleep of the machine.
  mock.method(Date, 'now', () => clocks.day() + 51 * minuteMs);
  t.not(await token?.(), second);
});
