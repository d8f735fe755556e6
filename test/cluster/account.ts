import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { Objects } from '../../src/clients/cluster/objects.ts';
import { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { ClusterError, type KubernetesObject } from '../../src/core/cluster.ts';
import type { Cleaning } from './lab.ts';

const run = promisify(execFile);
const bot = fileURLToPath(new URL('../../manifests/bot', import.meta.url));
const wanted = [
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

/** The account of a bot, with the rights and the policy of `manifests/bot`, and nothing beside. */
export interface Account {
  readonly namespace: string;
  /** Path of a kubeconfig with its token. */
  readonly kubeconfig: string;
  readonly api: ApiServer;
}

/** Applies rights and policy as `kubectl apply -k manifests/bot` would for that instance, in a namespace of its own. @param admin path of a kubeconfig */
export async function ownAccount(t: Cleaning, instance: string, admin: string): Promise<Account> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-account-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const namespace = `coxswain-${instance}`;
  const api = new ApiServer(loadKubeConfig({ KUBECONFIG: admin }));
  const objects = new Objects(api);
  const made = await customized(folder, instance, namespace);
  t.teardown(() => removed(api, namespace));
  for (const object of made) await objects.apply(object);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/coxswain/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } };
  const { status } = (await api.json({ doing: 'ask for a token', method: 'POST', path, body })) as { status: { token: string } };
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, withToken(await readFile(admin, 'utf8'), status.token));
  const own = new ApiServer(loadKubeConfig({ KUBECONFIG: kubeconfig }));
  await inForce(own);
  return { namespace, kubeconfig, api: own };
}

/** What kustomize makes of a copy of the manifests, with names of their own for what belongs to no namespace. */
async function customized(folder: string, instance: string, namespace: string): Promise<KubernetesObject[]> {
  const copy = join(folder, 'bot');
  await cp(bot, copy, { recursive: true });
  const change = async (file: string, from: RegExp, to: string) => {
    const text = await readFile(join(copy, file), 'utf8');
    if (!from.test(text)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(copy, file), text.replace(from, to));
  };
  await change('coxswain.yaml', /^instance: lab\b/, `instance: ${instance}`);
  await change('kustomization.yaml', /^namespace: coxswain$/m, `namespace: ${namespace}`);
  const { stdout } = await run('kubectl', ['kustomize', copy]);
  const all = [...parseAllDocuments(stdout)].map((document) => (document as { toJS(): unknown }).toJS() as KubernetesObject);
  return all.filter(({ kind }) => wanted.includes(kind)).map((object) => ownNames(object, namespace));
}

function ownNames(object: KubernetesObject, name: string): KubernetesObject {
  if (object.kind === 'ServiceAccount') return object;
  const { roleRef, spec } = object as { roleRef?: object; spec?: { policyName?: string } };
  return {
    ...object,
    metadata: { ...object.metadata, name },
    ...(roleRef && { roleRef: { ...roleRef, name } }),
    ...(spec?.policyName && { spec: { ...spec, policyName: name } }),
  };
}

function withToken(text: string, token: string): string {
  const { clusters } = parse(text) as { clusters: [{ name: string }] };
  const [{ name: cluster }] = clusters;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters,
    users: [{ name: 'coxswain', user: { token } }],
    contexts: [{ name: 'coxswain', context: { cluster, user: 'coxswain' } }],
    'current-context': 'coxswain',
  });
}

/** A policy is in force a moment after it was made. */
async function inForce(api: ApiServer): Promise<void> {
  const metadata = { name: 'nobodys' };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata };
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const tried = api.json({ doing: 'try', method: 'POST', path: '/api/v1/namespaces', query: { dryRun: 'All' }, body });
    const why = await tried.then(
      () => '',
      (error: Error) => error.message,
    );
    if (why.includes('ValidatingAdmissionPolicy')) return;
  }
  throw new Error('the policy of the account is not in force after a minute');
}

async function removed(api: ApiServer, name: string): Promise<void> {
  const admission = '/apis/admissionregistration.k8s.io/v1';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const paths = [
    `${admission}/validatingadmissionpolicybindings`,
    `${admission}/validatingadmissionpolicies`,
    `${rbac}/clusterrolebindings`,
    `${rbac}/clusterroles`,
    '/api/v1/namespaces',
  ];
  for (const path of paths) {
    await api.json({ doing: `delete ${name}`, method: 'DELETE', path: `${path}/${name}` }).catch((error: unknown) => {
      if (!(error instanceof ClusterError) || ![404, 409].includes(error.code)) throw error;
    });
  }
}
