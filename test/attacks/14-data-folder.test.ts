import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Run } from '../../src/core/run/run.ts';
import { aWay } from '../way/way.ts';

const image = { name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } };

/** What others may do with each file and folder that is kept. */
async function open(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))];
  const found = await Promise.all(
    names.map(async (name) => ({
      name,
      mode: await lstat(join(folder, name)).then(
        (one) => (one.isSymbolicLink() ? 0 : one.mode),
        () => 0,
      ),
    })),
  );
  return found.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name }) => name);
}

test('what is kept is nobody else’s to read, from the first start on and where a copy has left more rights', async (t) => {
  const way = await aWay(t, { config: { stages: [image] } });
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  const before = await open(way.world.data);
  t.log(`${before.length} open to others after a run: ${before.slice(0, 5)}`);
  t.deepEqual(before, []);
  await way.world.bot.end('SIGKILL');
  for (const name of ['.', ...(await readdir(way.world.data, { recursive: true }))]) await chmod(join(way.world.data, name), 0o777);
  await way.start();
  t.deepEqual(await open(way.world.data), []);
});

test('a run file of a wrong shape is set aside, whatever is wrong; the start goes on and other runs too', async (t) => {
  const way = await aWay(t, { config: { stages: [image] } });
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.world.bot.end('SIGKILL');
  const folder = join(way.world.data, 'runs');
  const whole = JSON.parse(await readFile(join(folder, 'scheduler-1.json'), 'utf8')) as Run;
  const wrong: unknown[] = [
    { ...whole, stages: [null] },
    { ...whole, stages: [{ name: 7 }] },
    { ...whole, delivery: { channel: 1 } },
    { ...whole, delivery: null },
    { ...whole, commit: [] },
    { ...whole, cause: { kind: 'wind' } },
    { ...whole, release: 'soon' },
    { ...whole, createdAt: 'tomorrow' },
  ];
  for (const [index, one] of wrong.entries())
    await writeFile(join(folder, `scheduler-${index + 2}.json`), JSON.stringify({ ...(one as Run), id: `scheduler-${index + 2}` }));
  await mkdir(join(folder, 'scheduler-90.json'));
  await writeFile(join(way.world.data, 'seen.json'), '[1]');
  await writeFile(join(way.world.data, 'freezes.json'), '{"freezes": 3}');
  await way.start();
  const aside = (await readdir(folder)).filter((name) => name.includes('.corrupt-'));
  t.log(`${aside.length} of ${wrong.length + 1} set aside`);
  t.is(aside.length, wrong.length + 1);
  t.true(way.lines.some((line) => /all releases are on hold/.test(line)));
  await way.world.sample.commitGood();
  await way.passes('scheduler-91');
  t.true(way.world.bot.running);
});

/** How a start ends whose data folder is this one, in a name space of its own in which it is mounted so. */
function started(way: Awaited<ReturnType<typeof aWay>>, t: ExecutionContext, mount: string): { code: number; said: string } {
  const script = `${mount}; exec ${process.execPath} --no-warnings ${join(import.meta.dirname, '../../src/main.ts')}`;
  const { configFile, data, kubeconfig, slack } = way.world;
  const env = {
    PATH: process.env.PATH ?? '',
    DATA: data,
    COXSWAIN_CONFIG: configFile,
    COXSWAIN_DATA: data,
    KUBECONFIG: kubeconfig,
    SLACK_API_URL: slack.url,
    SLACK_BOT_TOKEN: 'xoxb-sandbox-bot',
    SLACK_APP_TOKEN: 'xapp-sandbox-app',
  };
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', script], { env, stdio: 'pipe', timeout: 60_000 });
    return { code: 0, said: '' };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    t.log(`${mount}: ${status}: ${stderr.toString().trim().split('\n').slice(0, 2).join(' / ')}`);
    return { code: status, said: stderr.toString().trim() };
  }
}

test('a start on a disk that is full or read-only ends in one sentence with the place and the remedy', async (t) => {
  const way = await aWay(t, { config: { stages: [image] } });
  await mkdir(way.world.data, { recursive: true });
  const mounts = {
    full: 'mount -t tmpfs -o size=16k none "$DATA" && (head -c 100000 /dev/zero >"$DATA/x" 2>/dev/null; mkdir "$DATA/runs" 2>/dev/null; true)',
    'read-only': 'mount -t tmpfs none "$DATA" && mkdir "$DATA/runs" && mount -o remount,ro "$DATA"',
    'read-only and empty': 'mount -t tmpfs -o ro none "$DATA"',
  };
  for (const [what, mount] of Object.entries(mounts)) {
    const { code, said } = started(way, t, mount);
    t.is(code, 1, what);
    t.is(said.split('\n').length, 1, `${what}: ${said}`);
    t.true(said.includes(way.world.data), said);
    t.regex(said, /disk is (full|read-only)\. (Free up space|Make it a folder).*COXSWAIN_DATA/);
  }
});
