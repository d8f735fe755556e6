import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { encodePackets } from '../../src/clients/git/http/pkt-line.ts';
import { packed } from '../../src/clients/log-store/gzip-member.ts';
import { ada, aWay, type Way } from '../way/way.ts';

const mega = 1024 ** 2;
const image = { name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } };

/** The most memory that the bot had so far, in MiB. */
async function peak(way: Way): Promise<number> {
  const status = await readFile(`/proc/${way.world.bot.pid ?? 0}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** From here on the peak counts anew. */
async function forgetPeak(way: Way): Promise<number> {
  await writeFile(`/proc/${way.world.bot.pid ?? 0}/clear_refs`, '5');
  return peak(way);
}

test.serial('the end of a kept log of 1 GiB is answered in under a second and in flat memory', async (t) => {
  const way = await aWay(t, { config: { stages: [image] } });
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.world.bot.end('SIGKILL');
  const line = `2026-01-02T03:04:05.123456789Z ${'x'.repeat(1_000)}\n`;
  const [member, last] = await Promise.all([
    packed(Buffer.from(line.repeat(256))),
    packed(Buffer.from(`${line.slice(0, 31)}this is the end\n`)),
  ]);
  const members = Array.from({ length: Math.ceil(1024 ** 3 / (line.length * 256)) }, () => member);
  await writeFile(join(way.world.data, 'logs', 'scheduler-1', 'image.makisu.log.gz'), Buffer.concat([...members, last]));
  await way.start();
  const before = await forgetPeak(way);
  const began = performance.now();
  await way.slack.type(ada, '#ci', '/cox logs scheduler-1 image 40');
  const answered = () => JSON.stringify(way.slack.ephemerals(ada)).includes('this is the end');
  await way.until(answered, 60_000);
  const took = performance.now() - began;
  const grown = (await peak(way)) - before;
  t.log(`${Math.round(took)} ms, ${Math.round(grown)} MiB more`);
  t.true(took < 1_000, `${took} ms`);
  t.true(grown < 100, `${grown} MiB`);
});

/** A git server that answers each question with these. */
async function hostile(t: ExecutionContext, advertised: string, listed: string): Promise<string> {
  const server = createServer((request, response) => {
    const kind = request.method === 'POST' ? 'result' : 'advertisement';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` }).end(kind === 'result' ? listed : advertised);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.serial('31 MiB of empty packets from a git server cost little memory, and the bot says so and goes on', async (t) => {
  const service = encodePackets(['# service=git-upload-pack', 'flush']);
  const second = `${service}${encodePackets(['version 2', 'ls-refs', 'object-format=sha1', 'flush'])}`;
  const host = await hostile(t, second, '0004'.repeat((31 * mega) / 4));
  const way = await aWay(t, {
    config: {
      stages: [image],
      over: { git: { httpHosts: [host] } },
      repository: { git: `http://${host}/a.git`, clone: `http://${host}/a.git` },
    },
  });
  await way.start();
  await way.until(() => way.lines.some((line) => /this is not a ref/.test(line)), 30_000);
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  const most = await peak(way);
  t.log(`${Math.round(most)} MiB at most`);
  t.true(most < 300, `${most} MiB`);
  t.true(way.world.bot.running);
});

const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const templates: Readonly<Record<string, string>> = {
  '50,000 keys': `${map}data:\n{{ range 50000 }}  k{{ . }}: "1"\n{{ end }}`,
  'texts of gigabytes': `{{ $x := "aaaa" }}{{ range 18 }}{{ $x = print $x $x }}{{ end }}{{ quote ${'$x '.repeat(400)}}}`,
  'printed gigabytes': `{{ $x := "aaaa" }}{{ range 18 }}{{ $x = print $x $x }}{{ end }}{{ printf "${'%s'.repeat(400)}" ${'$x '.repeat(400)}}}`,
  'a million parts': `{{ $x := "," }}{{ range 20 }}{{ $x = print $x $x }}{{ end }}{{ len (splitList "" $x) }}`,
  'lists in lists': '- '.repeat(400_000),
};

test.serial('templates that would make gigabytes or take minutes end their run at once, and the bot answers meanwhile', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-template-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'job.yaml');
  await writeFile(path, map);
  const way = await aWay(t, { config: { stages: [{ name: 'image', image: { template: path, repository: 'sample/scheduler' } }] } });
  await way.start();
  for (const [index, [what, text]] of Object.entries(templates).entries()) {
    await writeFile(path, text);
    const before = await forgetPeak(way);
    const began = performance.now();
    await way.world.sample.commitGood();
    const shown = await way.showsUp(`scheduler-${index + 1}`, /failed after/, 90_000);
    const grown = (await peak(way)) - before;
    t.log(
      `${what}: ${Math.round(performance.now() - began)} ms, ${Math.round(grown)} MiB more: ${/cannot be used: ([^\n]*)/.exec(shown)?.[1]?.slice(-120)}`,
    );
    t.true(grown < 150, `${what}: ${grown} MiB`);
    t.regex(shown, /more than|beyond/, what);
  }
});
