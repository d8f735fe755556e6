import { ApiException, BatchV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi, PatchStrategy, Watch } from '@kubernetes/client-node';
import test from 'ava';
import { ended, job, jobsPath, shell, type World, world } from './_world.ts';

function configOf({ cluster }: World): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  return config;
}

test('the Kubernetes client creates, lists, reads errors and logs by the kubeconfig that the cluster gives', async (t) => {
  const here = await world(t);
  const config = configOf(here);
  const [core, batch] = [config.makeApiClient(CoreV1Api), config.makeApiClient(BatchV1Api)];
  const spec = { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [shell('echo hello') as { name: string }] } } };
  const made = await batch.createNamespacedJob({ namespace: 'ci', body: { metadata: { name: 'one', labels: { run: '1' } }, spec } });
  t.true(made.metadata?.creationTimestamp instanceof Date);
  const again = await t.throwsAsync(batch.createNamespacedJob({ namespace: 'ci', body: { metadata: { name: 'one' }, spec } }));
  t.true(again instanceof ApiException && again.code === 409);
  t.is(again instanceof ApiException && JSON.parse(again.body).reason, 'AlreadyExists');
  await here.until(`${jobsPath}/one`, ended);
  const { items } = await core.listNamespacedPod({ namespace: 'ci', labelSelector: 'job-name=one' });
  t.is(items[0]?.status?.phase, 'Succeeded');
  t.is(await core.readNamespacedPodLog({ namespace: 'ci', name: items[0]?.metadata?.name ?? '' }), 'hello\n');
  t.is((await batch.listJobForAllNamespaces({ labelSelector: 'run=1' })).items.length, 1);
});

test('the Kubernetes client applies objects of any kind by discovery', async (t) => {
  const here = await world(t);
  const api = KubernetesObjectApi.makeApiClient(configOf(here));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'applied' } };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cache', namespace: 'applied' },
    spec: {
      selector: { matchLabels: { app: 'cache' } },
      template: { metadata: { labels: { app: 'cache' } }, spec: { containers: [{ name: 'redis', image: 'redis:7' }] } },
    },
  };
  for (const object of [namespace, deployment, deployment]) {
    await api.patch(object, undefined, undefined, 'coxswain', true, PatchStrategy.ServerSideApply);
  }
  t.like((await here.get('/apis/apps/v1/namespaces/applied/deployments/cache')).body.status, {
    availableReplicas: 1,
    observedGeneration: 1,
  });
});

test('the Kubernetes client watches', async (t) => {
  const here = await world(t);
  const { resourceVersion } = (await here.get(jobsPath)).body.metadata;
  const types: string[] = [];
  await here.send('POST', jobsPath, job('one', [shell('true')], { suspend: true }));
  const controllers: AbortController[] = [];
  const seen = new Promise<void>((resolve) => {
    const watching = new Watch(configOf(here)).watch(
      jobsPath,
      { resourceVersion, allowWatchBookmarks: true },
      (type) => {
        types.push(type);
        if (type === 'BOOKMARK') resolve();
      },
      () => undefined,
    );
    void watching.then((controller) => controllers.push(controller));
  });
  await seen;
  controllers[0]?.abort();
  t.deepEqual(types.slice(0, 2), ['ADDED', 'MODIFIED']);
});
