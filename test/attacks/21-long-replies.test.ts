import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { lin, says } from '../way/releasing.ts';
import { ada, aWay, type Way } from '../way/way.ts';

const sizes = (way: Way) =>
  way.slack
    .calls()
    .map(({ args }) => (args as { blocks?: unknown }).blocks)
    .filter((blocks) => blocks !== undefined)
    .map((blocks) => JSON.stringify(blocks).length);

test('status of forty repositories, the audit and the freezes are answered, with how many more there are and how to see them', async (t) => {
  const way = await aWay(t, { slack: { limits: { factor: 20 } } });
  const { sample, configFile } = way.world;
  for (let at = 0; at < 6; at += 1) {
    execFileSync('git', ['update-ref', `refs/heads/feature/${at}${'"'.repeat(150)}`, sample.branch], { cwd: sample.path });
  }
  const config = parse(await readFile(configFile, 'utf8')) as { repositories: Record<string, unknown>[] };
  const [first = {}] = config.repositories;
  const { short: _own, ...rest } = first;
  for (let at = 1; at < 40; at += 1) config.repositories.push({ ...rest, name: `${'r'.repeat(90)}-${at}`, short: `r${at}` });
  await writeFile(configFile, stringify(config));
  await way.start();
  await way.until(async () => !/not polled yet/.test(await says(way, ada, 'status')), 60_000);

  const status = await says(way, ada, 'status');
  const names = new Set(status.match(/\*(scheduler|r{90}-\d+)\*/g));
  t.true(names.size >= 5, status.slice(0, 300));
  t.regex(status, new RegExp(`… and ${40 - names.size} more repositories; \`/cox status &lt;repository&gt;\` shows one`));

  const long = `"${'x"'.repeat(200)}`;
  for (let at = 1; at < 21; at += 1) await says(way, ada, `freeze ${'r'.repeat(90)}-${at} ${long}`);
  t.is(
    (await says(way, ada, 'audit'))
      .split('*Decisions*')
      .at(-1)
      ?.match(/`freeze /g)?.length,
    20,
  );
  const frozen = await says(way, lin, `freeze ${'r'.repeat(90)}-21 ${long}`);
  t.regex(frozen, /Releases are frozen[\s\S]*… and \d+ more; `\/cox unfreeze/);

  const before = way.slack.messages('#ci').length;
  await way.slack.type(ada, '#ci', '@coxswain status');
  await way.until(() => way.slack.messages('#ci').length >= before + 2, 10_000);
  t.regex(JSON.stringify(way.slack.messages('#ci').at(-1)), /more repositories/);
  t.true(Math.max(...sizes(way)) <= 13_200);
  t.deepEqual(
    way.lines.filter((line) => /msg_blocks_too_long|invalid_blocks|could not be fully delivered/.test(line)),
    [],
  );
});
