import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { templateFiles } from '../../../src/clients/templates/templates-client.ts';
import { ClusterError } from '../../../src/core/cluster.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { type Collected, collect, discard } from '../../../src/pipeline/release/collect.ts';
import { aRun, tools } from '../../pipeline/world.ts';
import { createPod, pathOf, shell } from './shapes.ts';
import type { Chapter, World } from './world.ts';

const templates = templateFiles(fileURLToPath(new URL('../../../manifests/jobs', import.meta.url)));

/** The files of a release, out of the workspace of a run whose pods have ended. */
export const collecting: Chapter = (test, world) => {
  test('the files that match come with size and checksum, and their bytes as often as they are asked for', async (t) => {
    const run = await workspace(t, world(), 'mkdir bin; head -c 3000000 /dev/urandom > bin/app; echo one > build-1.log');
    const files = await collect(ports(world()), run, ['bin/*', 'build-*.log']);
    t.deepEqual(files.map(shown), ['bin/app app 3000000', 'build-1.log build-1.log 4']);
    for (const file of [...files, ...files]) t.deepEqual(await read(file), { bytes: file.bytes, sha256: file.sha256 });
    t.is(files[1]?.sha256, createHash('sha256').update('one\n').digest('hex'));
  });

  test('the pod goes when it is discarded, and comes again where a file is asked for', async (t) => {
    const run = await workspace(t, world(), 'echo one > one');
    const [file] = await collect(ports(world()), run, ['one']);
    await discard(ports(world()), run);
    await discard(ports(world()), run);
    t.deepEqual(file && (await read(file)), { bytes: 4, sha256: file?.sha256 });
    const pod = await world().client.pod(run.namespace, 'collector');
    t.is(pod?.labels['coxswain/run-uid'], run.uid);
  });

  test('a pod that goes while a file is read is an error that may pass', async (t) => {
    const run = await workspace(t, world(), 'head -c 60000000 /dev/zero > big');
    const [file] = await collect(ports(world()), run, ['big']);
    const stream = (await file?.open()) as AsyncIterable<Buffer>;
    const broken = await t.throwsAsync(
      async () => {
        let bytes = 0;
        for await (const chunk of stream) {
          if (bytes === 0) await deleted(world(), run);
          bytes += chunk.length;
        }
      },
      { instanceOf: ClusterError },
    );
    t.true(broken.retry, broken.message);
    t.deepEqual(file && (await read(file)), { bytes: 60_000_000, sha256: file?.sha256 });
  });

  test('hostile names come as files under names that GitHub takes', async (t) => {
    const script = `mkdir bin; cd bin; for name in '-rf' 'a b' 'x
y
' '$(reboot)' '*' 'größe'; do printf '%s' "$name" > "./$name"; done; mkdir folder; : > .hidden; printf x > '../a\\b'`;
    const run = await workspace(t, world(), script);
    const files = await collect(ports(world()), run, ['bin/*', 'bin/-*']);
    t.deepEqual(files.map(({ path, name }) => [path, name]).sort(), [
      ['bin/$(reboot)', 'default.reboot'],
      ['bin/*', 'default'],
      ['bin/-rf', '-rf'],
      ['bin/a b', 'a.b'],
      ['bin/größe', 'default.grosse'].map((one) => one.replace('default.grosse', 'gro.e')),
      ['bin/x\ny\n', 'x.y'],
    ]);
    for (const file of files) t.deepEqual(await read(file), { bytes: file.bytes, sha256: file.sha256 }, file.path);
    const message = /^The name "a\\\\b" contains a backslash/;
    await t.throwsAsync(collect(ports(world()), run, ['a*']), { instanceOf: UserError, message });
    t.is(files.find(({ name }) => name === 'a.b')?.note, '"a b" is called a.b on GitHub');
  });

  test('a link in the workspace gives its file; one that leads out of it is refused, and so is a folder that does', async (t) => {
    const script =
      'mkdir bin; echo one > real; ln -s ../real bin/inside; ln -s /etc/passwd outside; ln -s /etc folder; ln -s nowhere broken';
    const run = await workspace(t, world(), script);
    t.deepEqual((await collect(ports(world()), run, ['bin/*'])).map(shown), ['bin/inside inside 4']);
    const refused = (pattern: string, message: RegExp) =>
      t.throwsAsync(collect(ports(world()), run, [pattern]), { instanceOf: UserError, message }, pattern);
    await refused('outside', /^outside leads out of the workspace\./);
    await refused('folder/passwd', /^folder\/passwd leads out of the workspace\./);
    await refused('broken', /^No file matches broken: broken is a broken link\./);
    await refused('bin', /^No file matches bin: bin is a directory\./);
    await refused('dist/*', /^No file matches dist\/\*\. Check what the stages/);
  });

  test('a workspace without a commit, and one that is gone, are said', async (t) => {
    const bare = await workspace(t, world(), 'cd ..; rm -rf source; ln -s / source');
    await t.throwsAsync(collect(ports(world()), bare, ['etc/*']), { instanceOf: UserError, message: /has no folder `source`/ });
    const gone = { ...bare, namespace: `${bare.namespace}-x` };
    await t.throwsAsync(collect(ports(world()), gone, ['x']), {
      instanceOf: UserError,
      message: /is gone \(its namespace .* has been deleted\)/,
    });
    await deleted(world(), bare);
    await world().api.json({
      doing: 'delete the claim',
      method: 'DELETE',
      path: pathOf(bare, 'v1', 'persistentvolumeclaims', 'workspace'),
    });
    await t.throwsAsync(collect(ports(world()), bare, ['x']), {
      instanceOf: UserError,
      message: /is gone \(its volume claim has been deleted\)/,
    });
  });
};

const ports = ({ client }: World) => ({ cluster: client, templates, around: { tools, pullCredentials: false }, now: () => new Date() });

const shown = ({ path, name, bytes }: Collected) => `${path} ${name} ${bytes}`;

/** A run whose workspace the script has filled, in its folder `source`. */
async function workspace(t: ExecutionContext, world: World, script: string): Promise<Run> {
  const place = await world.place(t, { 'pod-security.kubernetes.io/enforce': 'baseline' });
  const { namespace, labels, runUid } = place;
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await world.client.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace, labels, name: 'workspace' }, spec });
  const mounted = { env: [{ name: 'WORKSPACE', value: '/workspace' }], volumeMounts: [{ name: 'workspace', mountPath: '/workspace' }] };
  const containers = [shell(world.images.shell, `cd "$WORKSPACE" && mkdir source && cd source && ${script}`, mounted)];
  await createPod(world, place, 'writer', {
    containers,
    volumes: [{ name: 'workspace', persistentVolumeClaim: { claimName: 'workspace' } }],
  });
  await world.pod(place, ({ name, phase }) => name === 'writer' && phase === 'Succeeded');
  return aRun(1, { namespace, uid: runUid });
}

async function deleted(world: World, run: Run): Promise<void> {
  await discard(ports(world), run);
  await world.until('the collector is gone', async () => ((await world.client.pod(run.namespace, 'collector')) ? undefined : true));
}

async function read(file: Collected): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}
