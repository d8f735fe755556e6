import type { ExecutionContext } from 'ava';
import { clusterClient } from '../../../src/clients/cluster/cluster-client.ts';
import { json, type Received, ScriptedApi } from './scripted-api.ts';

const by = (method: string, path: string) => (request: Received) => request.method === method && request.path === path;

/** A client of an API server that knows Jobs and namespaces, and otherwise answers as the test says. */
export async function connected(t: ExecutionContext) {
  const scripted = await ScriptedApi.start();
  const client = clusterClient({ kubeConfig: scripted.kubeConfig(), instance: 'lab', log: { error: (message) => t.log(message) } });
  t.teardown(async () => {
    await client.close();
    await scripted.stop();
  });
  const kinds = [
    { name: 'jobs', kind: 'Job', namespaced: true },
    { name: 'jobs/status', kind: 'Job', namespaced: true },
  ];
  scripted.on(by('GET', '/apis/batch/v1'), json({ kind: 'APIResourceList', resources: kinds }));
  scripted.on(
    by('GET', '/api/v1'),
    json({ kind: 'APIResourceList', resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false }] }),
  );
  return { scripted, client };
}
