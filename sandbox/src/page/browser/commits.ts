import { type ReactElement, useState } from 'react';
import type { CommitKind } from '../types.ts';
import { h, valueIn } from './h.ts';
import { OutLink } from './out-link.ts';
import { usePage } from './page-context.ts';
import { act } from './server.ts';
import { ago } from './words.ts';

function FailureChoice({ failure, onChoose }: { failure: CommitKind; onChoose: (failure: CommitKind) => void }): ReactElement {
  const onChange = (event: { target: EventTarget }) => onChoose(valueIn(event) === 'failing-build' ? 'failing-build' : 'failing-test');
  return h(
    'select',
    { value: failure, 'aria-label': 'What fails', 'data-testid': 'commit-failure', onChange },
    h('option', { value: 'failing-test' }, 'in the test'),
    h('option', { value: 'failing-build' }, 'in the build'),
  );
}

function CommitButtons(): ReactElement {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<CommitKind>('failing-test');
  const [error, setError] = useState<string>();
  const commit = async (kind: CommitKind) => {
    setBusy(true);
    const outcome = await act({ do: 'commit', kind });
    setBusy(false);
    setError(outcome.ok ? undefined : outcome.error);
  };
  const button = (testId: string, className: string, kind: CommitKind, label: string) =>
    h('button', { type: 'button', className, disabled: busy, 'data-testid': testId, onClick: () => void commit(kind) }, label);
  return h(
    'div',
    { className: 'commit-buttons' },
    button('commit-good', 'primary', 'good', 'Commit a good change'),
    h(
      'div',
      { className: 'joined' },
      button('commit-failing', 'plain', failure, 'Commit a failing change'),
      h(FailureChoice, { failure, onChoose: setFailure }),
    ),
    error ? h('p', { className: 'trouble', role: 'alert' }, `⚠ ${error}`) : null,
  );
}

/** The sample repository: its commits, and buttons that make another. */
export function Commits(): ReactElement {
  const { state } = usePage();
  const now = Date.now();
  return h(
    'div',
    { className: 'panel-body', 'data-testid': 'commits' },
    h(
      'p',
      { className: 'faint' },
      'A small git repository of this sandbox. The bot polls it; a new commit on a watched branch starts a run.',
    ),
    h(CommitButtons),
    state.parts.map(({ name, link }) => (link ? h('p', { key: name }, h(OutLink, { ...link, label: `${link.label} on ${name}` })) : null)),
    h(
      'ol',
      { className: 'commits' },
      state.commits.map((one) =>
        h(
          'li',
          { key: one.sha, 'data-testid': 'commit' },
          h('code', null, one.sha.slice(0, 7)),
          h('span', { className: 'commit-subject' }, one.subject),
          h('span', { className: 'faint' }, `${one.branch} · ${one.author} · ${ago(one.at, now)} ago`),
        ),
      ),
    ),
  );
}
