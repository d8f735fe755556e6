import { type ReactElement, useEffect, useState } from 'react';
import type { ClaimView, ContainerView, JobView, NamespaceView, PodView } from '../types.ts';
import { h } from './h.ts';
import { usePage } from './page-context.ts';
import { ago, plural } from './words.ts';

const signs: { readonly [state: string]: string } = {
  Pending: '◌',
  waiting: '◌',
  Running: '◐',
  running: '◐',
  Succeeded: '✓',
  complete: '✓',
  Failed: '✗',
  failed: '✗',
  Terminating: '⌫',
  Bound: '✓',
};

/** A state in a sign and in words, so that no one needs the colour. */
function StateWord({ state }: { state: string }): ReactElement {
  return h(
    'span',
    { className: `state state-${state.toLowerCase()}` },
    h('span', { 'aria-hidden': true }, `${signs[state] ?? '•'} `),
    state,
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const why = (one: { reason?: string; message?: string }): string => [one.reason, one.message].filter(Boolean).join(': ');

function Job({ job, now }: { job: JobView; now: number }): ReactElement {
  return h(
    'li',
    { 'data-testid': 'job' },
    h('span', { className: 'kind' }, 'Job'),
    h('span', { className: 'object-name' }, job.name),
    h(StateWord, { state: job.state }),
    h('span', { className: 'faint' }, ago(job.created, now)),
    why(job) ? h('p', { className: job.state === 'complete' ? 'reason calm' : 'reason' }, why(job)) : null,
  );
}

function Container({ container }: { container: ContainerView }): ReactElement {
  const ended = container.exitCode === undefined ? '' : ` (exit ${container.exitCode})`;
  return h(
    'li',
    null,
    h('span', { className: 'object-name' }, container.name),
    h('span', { className: 'faint' }, `${container.state}${container.reason ? `: ${container.reason}` : ''}${ended}`),
  );
}

function Pod({ pod }: { pod: PodView }): ReactElement {
  return h(
    'li',
    { 'data-testid': 'pod' },
    h('span', { className: 'kind' }, 'Pod'),
    h('span', { className: 'object-name' }, pod.name),
    h(StateWord, { state: pod.phase }),
    why(pod) ? h('p', { className: 'reason' }, why(pod)) : null,
    pod.containers.length > 0
      ? h(
          'ul',
          { className: 'containers' },
          pod.containers.map((one) => h(Container, { key: one.name, container: one })),
        )
      : null,
  );
}

function Claim({ claim }: { claim: ClaimView }): ReactElement {
  return h(
    'li',
    null,
    h('span', { className: 'kind' }, 'Claim'),
    h('span', { className: 'object-name' }, claim.name),
    h(StateWord, { state: claim.phase }),
    h('span', { className: 'faint' }, claim.capacity ?? ''),
  );
}

function Namespace({ space, now }: { space: NamespaceView; now: number }): ReactElement {
  const claims = space.claims ?? [];
  const isEmpty = space.jobs.length + space.pods.length + claims.length === 0;
  return h(
    'section',
    { className: 'card', 'data-testid': 'namespace' },
    h(
      'h3',
      null,
      h('span', { className: 'kind' }, 'Namespace'),
      h('span', { className: 'object-name' }, space.name),
      space.phase === 'Active' ? null : h(StateWord, { state: space.phase }),
    ),
    h(
      'ul',
      { className: 'objects' },
      space.jobs.map((job) => h(Job, { key: `job ${job.name}`, job, now })),
      space.pods.map((pod) => h(Pod, { key: `pod ${pod.name}`, pod })),
      claims.map((claim) => h(Claim, { key: `claim ${claim.name}`, claim })),
      isEmpty ? h('li', { className: 'faint' }, 'empty') : null,
    ),
  );
}

/** What lies in the cluster: namespaces with their Jobs, pods and claims. */
export function Cluster(): ReactElement {
  const { state } = usePage();
  const now = useNow();
  const { namespaces } = state.cluster;
  const part = state.parts.find((one) => one.name === 'Kubernetes');
  return h(
    'div',
    { className: 'panel-body', 'data-testid': 'cluster' },
    h(
      'p',
      { className: 'faint' },
      `${part ? (part.real ? 'A real cluster. ' : 'A stand-in for Kubernetes. ') : ''}${plural(namespaces.length, 'namespace')}.`,
    ),
    namespaces.length === 0
      ? h('p', { className: 'empty' }, 'No namespaces yet. Each run creates one, and removes it when it is over.')
      : null,
    [...namespaces].reverse().map((space) => h(Namespace, { key: space.name, space, now })),
  );
}
