import { fileURLToPath } from 'node:url';
import test from 'ava';
import { templateFiles } from '../../../src/clients/templates/templates-client.ts';
import { labels } from '../../../src/core/cluster.ts';
import { namespacesIn, networkPolicies } from '../../../src/pipeline/stage/network-policy.ts';
import { aRun, templateOf } from '../world.ts';

const template = await templateFiles(fileURLToPath(new URL('../../../manifests/jobs', import.meta.url))).read('network-policy');
const run = aRun(1);

/** The one policy that comes of the template. */
function policyOf(namespaces: readonly string[]) {
  const [policy, ...more] = networkPolicies(run, template, namespaces);
  if (!policy || more.length > 0) throw new Error('not one policy');
  return { metadata: policy.metadata, spec: policy.spec as Spec };
}

interface Spec {
  readonly podSelector: object;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly { from: readonly object[] }[];
  readonly egress: readonly { to?: readonly { ipBlock?: { cidr: string; except: readonly string[] } }[] }[];
}

test('every pod of a run is reached by those of the run alone, and reaches no address at which a cloud tells its node about itself', (t) => {
  const { metadata, spec } = policyOf([]);
  t.like(metadata, { name: 'run', namespace: run.namespace, labels: { [labels.runUid]: run.uid } });
  const { podSelector, policyTypes, ingress, egress } = spec;
  t.deepEqual(podSelector, {});
  t.deepEqual([...policyTypes].sort(), ['Egress', 'Ingress']);
  t.deepEqual(ingress, [{ from: [{ podSelector: {} }] }]);
  const blocks = egress.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : [])));
  t.deepEqual(
    blocks.map(({ cidr }) => cidr),
    ['0.0.0.0/0', '::/0'],
  );
  t.true(blocks[0]?.except.includes('169.254.0.0/16'));
  t.true(blocks[1]?.except.includes('fd00:ec2::/32'));
});

test('the namespaces of the registry, the cache and git are named where they lie in the cluster', (t) => {
  const addresses = [
    'registry.container-registry.svc.cluster.local:5000',
    'makisu-cache.coxswain-cache.svc:6379',
    'http://ada:pw@git.tools.svc.cluster.local/demo.git',
    'https://github.com/acme/app.git',
    'localhost:32000',
    '10.0.0.1:5000',
    '/srv/git/app.git',
    '',
  ];
  t.deepEqual(namespacesIn(addresses), ['container-registry', 'coxswain-cache', 'tools']);
  const { egress } = policyOf(['container-registry']).spec;
  t.true(
    egress.some(
      ({ to }) => JSON.stringify(to) === '[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"container-registry"}}}]',
    ),
  );
});

test('a template that gives something else is a mistake of the template', (t) => {
  const message = /template mine: it must produce NetworkPolicies of networking\.k8s\.io\/v1, and nothing else/;
  t.throws(() => networkPolicies(run, templateOf('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n'), []), { message });
  t.throws(() => networkPolicies(run, templateOf('# nothing\n'), []), { message });
});
