import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 12,
  kind: 'What the bot’s own account may do',
  attack:
    'On a real API server (1.36), with the bot’s own token: 109 attempts, such as a Secret with the token of a service account of kube-system, a privileged pod named `collector`, 24 kinds of pods that break out of their namespace (as a pod, in a Job, in a Deployment), the bot’s label on kube-system, a command in somebody else’s pod, a service on every node.',
  before: '93 of the first 102 were granted, among them the two that make it cluster-admin in one call each.',
  after:
    'All 109 are refused: 103 by the ValidatingAdmissionPolicy of `manifests/bot`, 6 by RBAC or the API server. A whole run with its release passes with the same account.',
};
