import { type ReactElement, useState } from 'react';
import type { PageState } from '../types.ts';
import { About } from './about.ts';
import { Cluster } from './cluster.ts';
import { Commits } from './commits.ts';
import { Conversation, Thread } from './conversation.ts';
import { type Desk, DeskProvider, type Panel, type Place, useDesk } from './desk.ts';
import { h, valueIn } from './h.ts';
import { Home } from './home.ts';
import { Modal } from './modal.ts';
import { Connection, PersonSwitch, Sidebar, samePlace, useRows } from './sidebar.ts';
import { type Known, useKnown } from './store.ts';
import { channelName } from './words.ts';

const panels = { thread: 'Thread', cluster: 'Cluster', commits: 'Commits', about: 'Stand-ins' } as const satisfies {
  [P in Exclude<Panel, 'chat'>]: string;
};

const userKey = 'coxswain-sandbox-user';

function useDeskState({ state, connected }: Known & { state: PageState }): Desk {
  const people = state.users.filter((one) => !one.isBot);
  const [wanted, setWanted] = useState(() => localStorage.getItem(userKey) ?? '');
  const user = people.some((one) => one.id === wanted) ? wanted : (people[0]?.id ?? '');
  const [place, setPlace] = useState<Place>(() => ({ kind: 'channel', id: state.channels[0]?.id ?? '' }));
  const [thread, setThread] = useState<string>();
  const [panel, setPanel] = useState<Panel>('chat');
  const seen = place.kind === 'home' || state.channels.some((one) => one.id === place.id && one.members.includes(user));
  return {
    state,
    connected,
    user,
    place: seen ? place : { kind: 'channel', id: state.channels[0]?.id ?? '' },
    thread,
    panel,
    setUser(id) {
      localStorage.setItem(userKey, id);
      setWanted(id);
    },
    goTo(next) {
      setPlace(next);
      setPanel((now) => (now === 'thread' ? 'chat' : now));
    },
    openThread(ts) {
      setThread(ts);
      setPanel('thread');
    },
    setPanel,
  };
}

function Head(): ReactElement {
  const { state, place, goTo } = useDesk();
  const rows = useRows();
  const channel = place.kind === 'channel' ? state.channels.find((one) => one.id === place.id) : undefined;
  const title = place.kind === 'home' ? `${state.appName} home` : `${channel?.kind === 'im' ? '' : '# '}${channelName(state, place.id)}`;
  const at = rows.findIndex((row) => samePlace(row.place, place));
  return h(
    'header',
    { className: 'head' },
    h('h1', null, title),
    h('span', { className: 'faint topic' }, channel?.topic ?? ''),
    h(
      'select',
      {
        className: 'place-switch',
        'aria-label': 'Go to',
        value: at,
        onChange: (event) => rows[Number(valueIn(event))] && goTo(rows[Number(valueIn(event))]?.place ?? place),
      },
      rows.map((row, index) => h('option', { key: row.testId, value: index }, row.label)),
    ),
    h(PersonSwitch),
  );
}

function SidePanel(): ReactElement {
  const { panel, setPanel } = useDesk();
  // On a wide screen the chat always stands beside the panel, so "chat" shows the cluster there.
  const shown = panel === 'chat' ? 'cluster' : panel;
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

function BottomTabs(): ReactElement {
  const { panel, setPanel } = useDesk();
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

function Page(known: Known & { state: PageState }): ReactElement {
  const desk = useDeskState(known);
  const { place, user, state } = desk;
  const modal = state.modals[user]?.at(-1);
  return h(
    DeskProvider,
    { value: desk },
    h(
      'div',
      { className: `page shows-${desk.panel}` },
      h(Sidebar),
      h('main', { className: 'main' }, h(Head), h(Connection), place.kind === 'home' ? h(Home) : h(Conversation, { channel: place.id })),
      h(SidePanel),
      h(BottomTabs),
      modal ? h(Modal, { key: `${modal.id} ${modal.hash}`, view: modal }) : null,
    ),
  );
}

/** The whole page; it waits until the server has sent its state. */
export function App(): ReactElement {
  const { state, connected } = useKnown();
  if (!state) return h('p', { className: 'empty', role: 'status' }, connected ? 'Loading …' : 'Connecting to the sandbox …');
  return h(Page, { state, connected });
}
