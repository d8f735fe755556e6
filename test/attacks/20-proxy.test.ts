import { readFile, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { aProxy, type ProxyOptions, type ProxyStandIn } from '../fixtures/proxy.ts';
import { aWay, type Way } from '../way/way.ts';

const portOf = (url = '') => Number(new URL(url).port);

/** The bot behind a proxy: Slack, git and the registry have names that only the proxy knows. */
async function behindProxy(
  t: ExecutionContext,
  no: string,
  { said, ...options }: ProxyOptions & { readonly said?: string } = {},
): Promise<{ way: Way; proxy: ProxyStandIn }> {
  const names = new Map<string, number>();
  const proxy = await aProxy(t, { ...options, names });
  const login = said ?? options.login;
  const address = login ? proxy.url.replace('//', `//${login}@`) : proxy.url;
  const variables = { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: no };
  const way = await aWay(t, { github: true, botEnv: { ...variables, SLACK_API_URL: 'http://slack.invalid/api/' } });
  const { slack, registry, configFile } = way.world;
  const text = await readFile(configFile, 'utf8');
  const [, git = ''] = /git: (http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
  names.set('slack.invalid', portOf(slack.url)).set('git.invalid', portOf(git)).set('registry.invalid', portOf(registry?.url));
  await writeFile(
    configFile,
    text
      .replace(`git: ${git}`, 'git: http://git.invalid')
      .replace(/api: .*/, 'api: http://registry.invalid')
      .replace('httpHosts:', 'httpHosts:\n    - git.invalid'),
  );
  return { way, proxy };
}

test('a whole run goes through the proxy: Slack, its socket, git, GitHub, the registry and the API server', async (t) => {
  const { way, proxy } = await behindProxy(t, '', { login: 'ada:pr0xy-secret' });
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.until(() => way.world.github?.statuses('harbour/scheduler', sha).at(-1)?.state === 'success');
  const passed = (line: RegExp) =>
    t.true(
      proxy.passed.some((one) => line.test(one)),
      String(line),
    );
  passed(/^POST http:\/\/slack\.invalid\/api\/chat\.postMessage/);
  passed(new RegExp(`^CONNECT 127\\.0\\.0\\.1:${portOf(way.world.slack.url)}$`));
  passed(/^GET http:\/\/git\.invalid\/.*info\/refs/);
  passed(/^POST http:\/\/git\.invalid\/.*git-upload-pack/);
  passed(new RegExp(`^POST ${way.world.github?.url}/repos/harbour/scheduler/statuses/`));
  passed(/^GET http:\/\/registry\.invalid\/v2\/sample\/scheduler\/manifests\//);
  passed(/^POST http:\/\/127\.0\.0\.1:\d+\/apis\/batch\/v1\/namespaces\/.*\/jobs/);
  t.log(`${proxy.passed.length} requests passed the proxy`);
  t.false(way.lines.join('\n').includes('pr0xy-secret'));
});

test('hosts of NO_PROXY are asked without it, a network as well as a name', async (t) => {
  const { way, proxy } = await behindProxy(t, 'localhost, 127.0.0.0/8');
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  t.deepEqual(
    proxy.passed.filter((line) => line.includes('127.0.0.1')),
    [],
  );
  t.true(proxy.passed.some((line) => line.startsWith('GET http://registry.invalid/')));
});

test('a proxy that does not take its login is named with the remedy and without the password, for everything behind it', async (t) => {
  const { way } = await behindProxy(t, '', { login: 'ada:right', said: 'ada:wr0ng-secret' });
  way.world.bot.start();
  const says = (about: RegExp) =>
    way.lines.some((line) => about.test(line) && /The proxy http:\/\/127\.0\.0\.1:\d+ .* \(407\) on the way to/.test(line));
  for (const about of [/connecting to Slack/, /poll of scheduler/, /the cluster is unreachable/]) {
    await way.until(
      () => says(about),
      30_000,
      () => String(about),
    );
  }
  t.true(way.lines.some((line) => line.includes('write its user and password before its host')));
  t.false(way.lines.join('\n').includes('wr0ng-secret'));
});
