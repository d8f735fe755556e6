import type { ReactElement } from 'react';
import { About } from './about.ts';
import { Cluster } from './cluster.ts';
import { Commits } from './commits.ts';
import { Thread } from './conversation.ts';
import { h } from './h.ts';
import { type Panel, usePage } from './page-context.ts';

const panels = { thread: 'Thread', cluster: 'Cluster', commits: 'Commits', about: 'Stand-ins' } as const satisfies {
  [P in Exclude<Panel, 'chat'>]: string;
};

/** What stands beside the chat; on a phone, in its place. */
export function SidePanel(): ReactElement {
  const { panel, setPanel } = usePage();
  // On a wide screen the chat always stands beside the panel, so "chat" shows the commits there.
  const shown = panel === 'chat' ? 'commits' : panel;
  const bodies = { thread: Thread, cluster: Cluster, commits: Commits, about: About };
  return h(
    'aside',
    { className: 'side', 'aria-label': panels[shown] },
    h(
      'div',
      { className: 'tabs', role: 'tablist', 'aria-label': 'Beside the chat' },
      Object.entries(panels).map(([id, label]) =>
        h(
          'button',
          {
            key: id,
            type: 'button',
            role: 'tab',
            'aria-selected': id === shown,
            'data-testid': `tab-${id}`,
            onClick: () => setPanel(id as Panel),
          },
          label,
        ),
      ),
    ),
    h(
      'div',
      { className: 'thread-back' },
      h('button', { type: 'button', className: 'link', onClick: () => setPanel('chat') }, '← Back to the channel'),
    ),
    h(bodies[shown]),
  );
}

/** The parts of the page, for a phone. */
export function BottomTabs(): ReactElement {
  const { panel, setPanel } = usePage();
  const tabs: [Panel, string, string][] = [
    ['chat', '☰', 'Chat'],
    ['cluster', '⬡', 'Cluster'],
    ['commits', '⎇', 'Commits'],
    ['about', '◇', 'Stand-ins'],
  ];
  const current = panel === 'thread' ? 'chat' : panel;
  return h(
    'nav',
    { className: 'bottom-tabs', 'aria-label': 'Parts of the page' },
    tabs.map(([id, sign, label]) =>
      h(
        'button',
        {
          key: id,
          type: 'button',
          'aria-current': id === current ? 'page' : undefined,
          'data-testid': `bottom-${id}`,
          onClick: () => setPanel(id),
        },
        h('span', { 'aria-hidden': true }, sign),
        label,
      ),
    ),
  );
}
