import { type ReactElement, useMemo } from 'react';
import type { PageState } from '../types.ts';
import { BottomTabs, SidePanel } from './beside.ts';
import { Conversation } from './conversation.ts';
import { h, valueIn } from './h.ts';
import { Home } from './home.ts';
import { Modal } from './modal.ts';
import { NamesProvider } from './names.ts';
import { PageProvider, usePage } from './page-context.ts';
import { Connection, PersonSwitch, Sidebar, samePlace, useRows } from './sidebar.ts';
import { type Known, useKnown } from './store.ts';
import { useViewState } from './view-state.ts';
import { channelName } from './words.ts';

function Head(): ReactElement {
  const { state, place, goTo } = usePage();
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

function Page(known: Known & { state: PageState }): ReactElement {
  const view = useViewState(known);
  const { place, user, state } = view;
  const modal = state.modals[user]?.at(-1);
  const { users, groups, channels } = state;
  const names = useMemo(() => ({ users, groups, channels }), [users, groups, channels]);
  const page = h(
    'div',
    { className: `page shows-${view.panel}` },
    h(Sidebar),
    h('main', { className: 'main' }, h(Head), h(Connection), place.kind === 'home' ? h(Home) : h(Conversation, { channel: place.id })),
    h(SidePanel),
    h(BottomTabs),
    modal ? h(Modal, { key: `${modal.id} ${modal.hash}`, view: modal }) : null,
  );
  return h(PageProvider, { value: view }, h(NamesProvider, { value: names }, page));
}

/** The whole page; it waits until the server has sent its state. */
export function App(): ReactElement {
  const { state, connected } = useKnown();
  if (!state) return h('p', { className: 'empty', role: 'status' }, connected ? 'Loading …' : 'Connecting to the sandbox …');
  return h(Page, { state, connected });
}
