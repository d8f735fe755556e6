import test from 'ava';
import { ended, job, jobsPath, podsPath, shell, world } from './_world.ts';

test('a Job runs its init container and then its container over one claim, by the path that a variable names', async (t) => {
  const { send, get, until, text } = await world(t);
  const claim = { metadata: { name: 'work' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  await send('POST', '/api/v1/namespaces/ci/persistentvolumeclaims', claim);
  const shared = { env: [{ name: 'WORKSPACE', value: '/workspace' }], volumeMounts: [{ name: 'work', mountPath: '/workspace' }] };
  const clone = shell('echo hello > $WORKSPACE/greeting', { ...shared, name: 'clone' });
  const build = shell('cat $(WORKSPACE)/greeting; echo to stderr >&2', shared);
  const volumes = [{ name: 'work', persistentVolumeClaim: { claimName: 'work' } }];
  const made = await send('POST', jobsPath, job('build', [build], {}, { initContainers: [clone], volumes }));
  t.is(made.code, 201);
  const done = await until(`${jobsPath}/build`, ended);
  t.deepEqual(
    done.status.conditions.map(({ type, reason }: { type: string; reason: string }) => [type, reason]),
    [
      ['SuccessCriteriaMet', 'CompletionsReached'],
      ['Complete', 'CompletionsReached'],
    ],
  );
  t.is(done.status.succeeded, 1);
  const { items } = (await get(`${podsPath}?labelSelector=job-name%3Dbuild`)).body;
  t.is(items.length, 1);
  t.is(items[0].status.phase, 'Succeeded');
  t.regex(items[0].metadata.name, /^build-[a-z0-9]{5}$/);
  t.deepEqual((await text(`${podsPath}/${items[0].metadata.name}/log`)).split('\n').sort(), ['', 'hello', 'to stderr']);
});
