import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { parse, parseAllDocuments } from 'yaml';
import { permissions } from '../../src/cli/permissions.ts';
import { probed } from '../../src/clients/health/probes.ts';
import { readSettings, secretRules } from '../../src/config/environment.ts';
import { names } from '../../src/pipeline/stage/stage-values.ts';

const folder = new URL('../../manifests/bot/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Each verb on each kind, as one line. */
function lines(group: string, resource: string, verbs: readonly string[], names: readonly string[] = ['*']): string[] {
  return verbs.flatMap((verb) => names.map((name) => `${verb} ${group}/${resource} ${name}`));
}

test('the ClusterRole grants what the bot needs and nothing else', (t) => {
  const role = parseAllDocuments(read('rbac.yaml')).map((document) => document.toJS())[1] as { kind: string; rules: Rule[] };
  t.is(role.kind, 'ClusterRole');
  const granted = role.rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => lines(group, resource, verbs, resourceNames))),
  );
  t.deepEqual(granted.sort(), permissions.flatMap(({ group, resource, verbs, names }) => lines(group, resource, verbs, names)).sort());
});

test('the bot can read no Secret but its own, and nothing is granted as a whole', (t) => {
  for (const { group, resource, verbs, names } of permissions) {
    t.false([group, resource, ...verbs].includes('*'), resource);
    if (resource === 'secrets') t.true(names !== undefined || verbs.join() === 'create');
  }
});

test('every Secret that a run may find again is named in the ClusterRole', (t) => {
  const readable = permissions.flatMap(({ resource, verbs, names: own = [] }) =>
    resource === 'secrets' && verbs.includes('get') ? own : [],
  );
  const { workspace: _claim, ...secrets } = names;
  t.deepEqual([...readable].sort(), Object.values(secrets).sort());
});

test('every file of the kustomization is there, and the Secret is not among them', (t) => {
  const { resources, configMapGenerator } = parse(read('kustomization.yaml'));
  const files: string[] = [...resources, ...configMapGenerator.flatMap(({ files }: { files: string[] }) => files)];
  for (const file of files) t.true(existsSync(new URL(file, folder)), file);
  t.false(files.some((file) => file.includes('secret')));
});

test('never two bots at the same time, and none with more rights than it needs on its node', (t) => {
  const { spec } = parse(read('deployment.yaml'));
  t.is(spec.replicas, 1);
  t.deepEqual(spec.strategy, { type: 'Recreate' });
  const pod = spec.template.spec;
  t.like(pod.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  t.deepEqual(pod.containers[0].securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('the kubelet asks the port that the bot listens at whether it lives and whether it is ready', (t) => {
  const [container] = parse(read('deployment.yaml')).spec.template.spec.containers;
  const env = Object.fromEntries(container.env.map(({ name, value }: { name: string; value: string }) => [name, value]));
  const port = readSettings(env).healthPort;
  t.deepEqual(container.ports, [{ name: 'health', containerPort: port }]);
  for (const [probe, path] of [
    ['startupProbe', '/healthz'],
    ['livenessProbe', '/healthz'],
    ['readinessProbe', '/readyz'],
  ] as const) {
    t.deepEqual(container[probe].httpGet, { path, port: 'health' });
    t.not(probed(path, { stillMs: 0, limitMs: 30_000, parts: {} }).code, 404);
  }
});

test('the example of the Secret names every variable that holds one, and no value', (t) => {
  const text = read('secret.example.yaml');
  for (const { name } of secretRules) t.regex(text, new RegExp(`^  (# )?${name}: (xoxb-|xapp-)?…$`, 'm'));
});

test('the policy counts for the account of the bot alone, holds whatever it asks for, and takes its instance from the first line of the configuration', (t) => {
  const [policy, binding] = parseAllDocuments(read('policy.yaml')).map((document) => document.toJS());
  t.deepEqual(policy.spec.matchConditions, [
    { name: 'the-bot', expression: "request.userInfo.username == 'system:serviceaccount:coxswain:coxswain'" },
  ]);
  t.is(policy.spec.failurePolicy, 'Fail');
  t.deepEqual(policy.spec.matchConstraints.resourceRules, [
    { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] },
  ]);
  t.deepEqual(binding.spec, { policyName: policy.metadata.name, validationActions: ['Deny'] });
  const [line = ''] = read('coxswain.yaml').split('\n');
  t.is(parse(line).instance, parse(read('coxswain.yaml')).instance);
  t.false(line.includes("'''"));
  const { replacements } = parse(read('kustomization.yaml'));
  t.like(replacements[0], { source: { kind: 'ConfigMap', fieldPath: 'data.coxswain\\.yaml', options: { delimiter: '\n', index: 0 } } });
});

test('the policy lets the bot change what its ClusterRole lets it change, and its Secrets have the names that the role has', (t) => {
  const text = read('policy.yaml');
  const verbs: Readonly<Record<string, string>> = { create: 'CREATE', update: 'UPDATE', patch: 'UPDATE', delete: 'DELETE' };
  for (const { group, resource, verbs: granted } of permissions.filter(({ resource }) => !['namespaces', 'pods/exec'].includes(resource))) {
    for (const verb of granted) if (verbs[verb]) t.true(text.includes(`'${verbs[verb]} ${group}/${resource}'`), `${verb} ${resource}`);
  }
  const { workspace: _claim, ...secrets } = names;
  for (const name of Object.values(secrets)) t.true(text.includes(`'${name}'`), name);
});
