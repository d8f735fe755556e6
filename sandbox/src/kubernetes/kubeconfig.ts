/** A kubeconfig for the stand-in; `insecure-skip-tls-verify` because clients refuse plain HTTP without it. */
import { stringify } from 'yaml';

export const kubeconfig = (server: string): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: {} }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox', namespace: 'default' } }],
  });
