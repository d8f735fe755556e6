import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import test from 'ava';
import { ClusterError, labels } from '../../../src/core/cluster.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type CollectPorts, collect, discard } from '../../../src/pipeline/release/collect.ts';
import { aPod, aRun, templateOf, tools } from '../world.ts';

const run = aRun(1);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Said {
  readonly stdout?: string | Readable;
  readonly exitCode?: number;
  readonly stderr?: string;
}

interface Heard {
  readonly commands: (readonly string[])[];
  readonly read: string[];
  readonly deleted: string[];
}

/** A collector that runs, whose commands say in turn what the test wants, and whose files hold `content`. */
function collector(said: readonly Said[], content = 'hello'): { ports: CollectPorts; heard: Heard } {
  const left = [...said];
  const heard: Heard = { commands: [], read: [], deleted: [] };
  const containers = [{ name: 'collector', init: false, state: 'running' as const }];
  const cluster: CollectPorts['cluster'] = {
    pod: async () => aPod({ name: 'collector', labels: { [labels.runUid]: run.uid }, phase: 'Running', containers }),
    create: async () => 'exists',
    deletePod: async (_namespace, name) => void heard.deleted.push(name),
    eventsOf: async () => [],
    exec({ command }) {
      heard.commands.push(command);
      const { stdout = '', exitCode = 0, stderr = '' } = left.shift() ?? {};
      const stream = typeof stdout === 'string' ? Readable.from([Buffer.from(stdout)]) : stdout;
      return { stdout: stream, done: Promise.resolve({ exitCode, stderr }) };
    },
    readFile(_at, path) {
      heard.read.push(path);
      return Readable.from([Buffer.from(content)]);
    },
  };
  const templates = { read: async () => templateOf('apiVersion: v1\nkind: Pod\nmetadata: {name: collector}') };
  return { ports: { cluster, templates, around: { tools, pullCredentials: false }, now: () => new Date() }, heard };
}

const listed = { stdout: '0\0./bin/a b\0/w/source/bin/a b\0file\x005\0' };
const summed = { stdout: `${sha256('hello')}  -\n` };

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

test('a file is found, summed up where it lies, and read from there at every call', async (t) => {
  const { ports, heard } = collector([listed, summed]);
  const [file, ...more] = await collect(ports, run, ['bin/*']);
  t.deepEqual(more, []);
  t.like(file, { name: 'a.b', path: 'bin/a b', bytes: 5, sha256: sha256('hello'), note: '"a b" is called a.b on GitHub' });
  t.deepEqual(heard.read, []);
  t.is(file && (await textOf(await file.open())), 'hello');
  t.is(file && (await textOf(await file.open())), 'hello');
  t.deepEqual(heard.read, ['/w/source/bin/a b', '/w/source/bin/a b']);
  t.deepEqual(heard.commands[0]?.slice(-2), ['sh', 'bin/*']);
  t.is(heard.commands[1]?.at(-1), '/w/source/bin/a b');
});

test('bytes that are not those of the checksum end with an error, after which everything may be collected again', async (t) => {
  for (const content of ['hellO', 'hell', 'hello!']) {
    const [file] = await collect(collector([listed, summed], content).ports, run, ['bin/*']);
    const failed = await t.throwsAsync(async () => file && textOf(await file.open()), { instanceOf: ClusterError });
    t.true(failed?.retry);
    t.regex(failed?.message ?? '', /^bin\/a b has changed since its checksum was computed \(5 bytes then, \d now\)\.$/);
  }
});

test('without patterns nothing is asked, and a wrong one is refused before', async (t) => {
  const { ports, heard } = collector([]);
  t.deepEqual(await collect(ports, run, []), []);
  await t.throwsAsync(collect(ports, run, ['bin/*', '/etc/passwd']), { instanceOf: UserError });
  t.deepEqual(heard.commands, []);
});

test('what commands say of a failure is said; one that was killed may be repeated', async (t) => {
  const fails = (said: readonly Said[]) => t.throwsAsync(collect(collector(said).ports, run, ['bin/*']));
  t.regex((await fails([{ exitCode: 91 }]))?.message ?? '', /^The workspace has no folder `source`/);
  const denied = await fails([listed, { exitCode: 1, stderr: "sh: can't open /w/source/bin/a b: Permission denied\n" }]);
  t.true(denied instanceof UserError);
  t.is(denied?.message, "The files of the release cannot be read: sh: can't open /w/source/bin/a b: Permission denied");
  t.like(await fails([listed, { exitCode: 137 }]), { name: 'ClusterError', retry: true });
  t.regex((await fails([listed, { stdout: 'what?' }]))?.message ?? '', /^sha256sum of bin\/a b printed "what\?"$/);
});

test('a listing without end is left', async (t) => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });
  await t.throwsAsync(collect(collector([{ stdout: endless }]).ports, run, ['*']), {
    instanceOf: UserError,
    message: /names .* are too long/,
  });
  t.true(endless.destroyed);
});

test('discarding deletes the pod', async (t) => {
  const { ports, heard } = collector([]);
  await discard(ports, run);
  t.deepEqual(heard.deleted, ['collector']);
});
