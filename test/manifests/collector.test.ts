import test from 'ava';
import { rendered } from './rendered.ts';

interface Pod {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly command: readonly string[];
      readonly env: readonly unknown[];
      readonly volumeMounts: readonly unknown[];
    }[];
    readonly volumes: readonly unknown[];
  };
}

test('the collector is one pod that can only read the workspace, knows no credentials and ends by itself', (t) => {
  const pod = rendered('collector') as unknown as Pod;
  t.like(pod, { kind: 'Pod', metadata: { name: 'collector', annotations: { 'coxswain/pod-security': 'baseline' } } });
  t.like(pod.spec, { restartPolicy: 'Never', activeDeadlineSeconds: 2700, automountServiceAccountToken: false });
  t.deepEqual(pod.spec.volumes, [{ name: 'workspace', persistentVolumeClaim: { claimName: 'workspace' } }]);
  const [container, ...more] = pod.spec.containers;
  t.deepEqual(more, []);
  t.is(container?.name, 'collector');
  t.deepEqual(container?.env, [{ name: 'WORKSPACE', value: '/workspace' }]);
  t.deepEqual(container?.volumeMounts, [{ name: 'workspace', mountPath: '/workspace', readOnly: true }]);
  t.is(container?.command.at(-1), "trap 'exit 0' TERM; sleep 2700 & wait");
});
