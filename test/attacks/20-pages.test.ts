import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { loopback } from '../fixtures/loopback.ts';
import { aWay } from '../way/way.ts';

const page = '<!DOCTYPE html><html><body><form>Sign in</form></body></html>';

test('a login page is told as one and as no success, whoever shows it: git, Slack and the API server', async (t) => {
  // As Azure DevOps does it, and as a portal on the way does.
  for (const status of [203, 200]) {
    const { url } = await loopback(
      t,
      (_, response) => void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    );
    const way = await aWay(t, { botEnv: { SLACK_API_URL: `${url}/api/` } });
    const { configFile, kubeconfig } = way.world;
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace(/server: .*/, `server: ${url}`));
    const config = parse(await readFile(configFile, 'utf8'));
    config.repositories[0].git = `${url}/team/app.git`;
    config.git.httpHosts.push(new URL(url).host);
    await writeFile(configFile, stringify(config));
    way.world.bot.start();
    const says = (about: RegExp) => way.lines.some((line) => about.test(line) && line.includes('returned a login page instead of'));
    for (const about of [/poll of scheduler/, /connecting to Slack/, /the cluster is unreachable/]) {
      await way.until(
        () => says(about),
        30_000,
        () => `${status}: ${about}`,
      );
    }
    t.true(way.lines.some((line) => /poll of scheduler.*add one for this host under git\.logins/.test(line)));
    await way.world.bot.end('SIGKILL');
  }
});

test('a login page of GitHub and of the registry is told in the run, and the image behind it is not taken for built', async (t) => {
  const { url } = await loopback(t, (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page));
  const way = await aWay(t, { github: true, botEnv: { GITHUB_API_URL: `${url}/api/v3` } });
  const { configFile } = way.world;
  await writeFile(configFile, (await readFile(configFile, 'utf8')).replace(/api: .*/, `api: ${url}`));
  await way.start();
  await way.world.sample.commitGood();
  const told = () => way.shown('scheduler-1') + way.threadWords('scheduler-1');
  for (const what of [
    /returned a login page instead of the registry \(\/v2\/.*REGISTRY_USERNAME/,
    /sent half an answer about \/api\/v3\/.*: it is a web page: check GITHUB_API_URL/,
  ]) {
    await way.until(
      () => what.test(told()),
      60_000,
      () => `${what}; it says: ${told()}`,
    );
  }
  t.notRegex(told(), /passed in/);
});

test('byte order marks are ignored in configuration, kubeconfig and secrets, and of a name that stands twice the first counts', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-marks-'));
  const secret = join(folder, 'token');
  await writeFile(secret, '\ufeffxapp-sandbox-app\n');
  const second = join(folder, 'second');
  const way = await aWay(t, { botEnv: { SLACK_APP_TOKEN: '', SLACK_APP_TOKEN_FILE: secret } });
  const { configFile, kubeconfig } = way.world;
  const text = await readFile(kubeconfig, 'utf8');
  await writeFile(second, text.replace(/server: .*/, 'server: http://127.0.0.1:1'));
  await writeFile(kubeconfig, `\ufeff${text}`);
  await writeFile(configFile, `\ufeff${await readFile(configFile, 'utf8')}`);
  way.world.bot.add({ KUBECONFIG: `${join(folder, 'gone')}:${kubeconfig}:${second}` });
  await way.start();
  await way.world.sample.commitGood();
  t.regex(await way.passes('scheduler-1', 60_000), /passed in/);
});
