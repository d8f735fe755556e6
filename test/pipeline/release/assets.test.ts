import test from 'ava';
import { releaseAssets } from '../../../src/pipeline/release/assets.ts';
import { aRepository } from '../releasing.ts';
import { aRun, templateOf, tools } from '../world.ts';

const templates = {
  read: async () => templateOf('apiVersion: v1\nkind: Pod\nmetadata: {name: collector}\nspec: {containers: [{name: collector}]}'),
};

/** Assets out of a workspace that has these files. */
function assetsOf(run: ReturnType<typeof aRun>, files: readonly string[]) {
  const labels = { 'coxswain/run-uid': run.uid };
  const containers = [{ name: 'collector', state: 'running' }];
  const pod = async () => ({ labels, containers, phase: 'Running', startTime: new Date().toISOString() });
  const listing = files.map((file) => ['0', `./${file}`, `/workspace/source/${file}`, 'file', '3', ''].join('\0')).join('');
  const exec = ({ command }: { command: readonly string[] }) => ({
    stdout: (async function* () {
      yield Buffer.from(String(command[2]).includes('sha256sum') ? `${'a'.repeat(64)}  -` : listing);
    })(),
    done: Promise.resolve({ exitCode: 0, stderr: '' }),
  });
  const logs = { streams: async () => [] };
  return releaseAssets({
    cluster: { pod, exec },
    templates,
    now: () => new Date(),
    logs,
    around: { tools, pullCredentials: false },
  } as never);
}

test('a file of the workspace does not take the place of the checksums, nor they its place', async (t) => {
  const run = aRun(1, { stages: [] });
  const release = aRepository().release ?? t.fail();
  if (!release) return;
  t.deepEqual(
    (await assetsOf(run, ['runner']).collect(run, release)).map(({ name }) => name),
    ['runner', 'SHA256SUMS'],
  );
  await t.throwsAsync(assetsOf(run, ['runner', 'SHA256SUMS']).collect(run, release), {
    message: /^Two files .* would be called SHA256SUMS/,
  });
});
