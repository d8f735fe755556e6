import { randomBytes } from 'node:crypto';
import test from 'ava';
import { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { ClusterError } from '../../src/core/cluster.ts';
import { becomes, lin, people, pressApprove, told } from '../way/releasing.ts';
import { ownAccount } from './account.ts';
import { forbidden } from './forbidden.ts';
import { aLab, imageStage } from './lab.ts';

const long = 180_000;
const admin = process.env.KUBECONFIG ?? '';
const api = new ApiServer(loadKubeConfig({ KUBECONFIG: admin }));

function unlessThere(error: unknown): void {
  if (!(error instanceof ClusterError) || error.code !== 409) throw error;
}

test('the account of the bot is refused whatever lies outside of its own namespaces, and whatever leads out of them', async (t) => {
  const instance = `own-${randomBytes(3).toString('hex')}`;
  const account = await ownAccount(t, instance, admin);
  const [own, foreign] = [`cox-${instance}-app-1`, `foreign-${instance}`];
  for (const [name, labels] of [
    [own, { 'coxswain/instance': instance }],
    [foreign, { 'coxswain/instance': 'other' }],
  ] as const) {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    await api.json({ doing: 'make a namespace', method: 'POST', path: '/api/v1/namespaces', body });
    t.teardown(async () => {
      await api.json({ doing: 'delete it', method: 'DELETE', path: `/api/v1/namespaces/${name}` });
    });
  }
  // That of the cache is there where a bot has brought it along before.
  const labels = { 'app.kubernetes.io/part-of': 'coxswain' };
  const cache = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'coxswain-cache', labels } };
  await api.json({ doing: 'make a namespace', method: 'POST', path: '/api/v1/namespaces', body: cache }).catch(unlessThere);
  const admins = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'admin' } };
  await api.json({ doing: 'make an account', method: 'POST', path: `/api/v1/namespaces/${own}/serviceaccounts`, body: admins });
  const kept = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'registry-config' } };
  await api.json({ doing: 'make a Secret', method: 'POST', path: `/api/v1/namespaces/${foreign}/secrets`, body: kept });
  const spec = { automountServiceAccountToken: false, containers: [{ name: 'a', image: 'busybox:1.35', command: ['sleep', '600'] }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'collector' }, spec };
  await api.json({ doing: 'make a pod', method: 'POST', path: `/api/v1/namespaces/${foreign}/pods`, body: pod });

  const attacks = forbidden(own, foreign, instance);
  const refused = { policy: 0, rbac: 0 };
  const allowed: string[] = [];
  for (const { name, by, ...request } of attacks) {
    const why = await account.api.json({ doing: name, ...request }).then(
      () => 'it was allowed',
      (error: Error) => error.message,
    );
    const form = by === 'policy' ? /ValidatingAdmissionPolicy '\S+' with binding '\S+' denied request: / : /forbidden|cannot/;
    if (form.test(why)) refused[by] += 1;
    else allowed.push(`${name}: ${why}`);
  }
  t.deepEqual(allowed, []);
  t.log(`${attacks.length} attacks: the policy refused ${refused.policy}, RBAC ${refused.rbac}`);
});

test('the same account does all that a run and its release need', async (t) => {
  const release = {
    github: { assets: ['scheduler/*.sh'], notes: 'commits' },
    images: [
      {
        ...(imageStage(`lab/own-release-${randomBytes(3).toString('hex')}`, { template: 'release-tested' }).image as object),
        name: 'release-stock',
      },
    ],
  };
  const lab = await aLab(t, {
    name: 'rights',
    github: true,
    over: { people, keep: { namespaces: '1s' } },
    repositories: async () => ({
      scheduler: [imageStage('lab/own'), { name: 'test', test: { template: 'test' } }, { name: 'release', release }],
    }),
  });
  const { way } = lab;
  await way.start();
  t.deepEqual(
    way.lines.filter((line) => /could not be applied/.test(line)),
    [],
  );
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, long);
  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  await becomes(way, 'scheduler-1', 'released', long);
  t.log(await way.showsUp('scheduler-1', /released/));
  await way.until(async () => !(await lab.hasNamespace('scheduler-1')), long);
});
