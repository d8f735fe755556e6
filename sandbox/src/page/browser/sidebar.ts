import type { ReactElement } from 'react';
import { Avatar } from './avatar.ts';
import { h, valueIn } from './h.ts';
import { type Place, usePage } from './page-context.ts';
import { act } from './server.ts';
import { plural } from './words.ts';

/** Who acts: a person switch, since one browser plays everybody. */
export function PersonSwitch(): ReactElement {
  const { state, user, setUser } = usePage();
  const people = state.users.filter((one) => !one.isBot);
  return h(
    'label',
    { className: 'person-switch' },
    h('span', null, 'You act as'),
    h(
      'select',
      { value: user, 'data-testid': 'person', onChange: (event) => setUser(valueIn(event)) },
      people.map((one) => h('option', { key: one.id, value: one.id }, one.realName)),
    ),
  );
}

interface Row {
  readonly place: Place;
  readonly label: string;
  readonly testId: string;
}

/** Where one can go: channels, and where the manifest has them the direct conversation with the app and its Home tab. */
export function useRows(): Row[] {
  const { state, user } = usePage();
  const channels = state.channels.filter((one) => one.kind !== 'im' && one.members.includes(user));
  const direct = state.messagesTab && state.channels.find((one) => one.kind === 'im' && one.members.includes(user));
  return [
    ...channels.map((one): Row => ({ place: { kind: 'channel', id: one.id }, label: `# ${one.name}`, testId: `channel-${one.name}` })),
    ...(direct ? [{ place: { kind: 'channel', id: direct.id } as const, label: `⎈ ${state.appName}`, testId: 'direct' }] : []),
    ...(state.homeTab ? [{ place: { kind: 'home' } as const, label: `⌂ ${state.appName} home`, testId: 'home-tab' }] : []),
  ];
}

export const samePlace = (one: Place, other: Place): boolean =>
  one.kind === other.kind && (one.kind !== 'channel' || other.kind !== 'channel' || one.id === other.id);

export function Connection(): ReactElement {
  const { state, connected } = usePage();
  const words = !connected
    ? '○ reconnecting to the sandbox …'
    : state.connections > 0
      ? `● bot connected (${plural(state.connections, 'socket')})`
      : '○ bot not connected';
  return h(
    'p',
    { className: `connection${connected && state.connections > 0 ? ' good' : ''}`, role: 'status', 'data-testid': 'connection' },
    words,
  );
}

function Places(): ReactElement {
  const { state, user, place, goTo } = usePage();
  const rows = useRows();
  const items = rows.map((row) => {
    const here = samePlace(row.place, place);
    const more = { 'data-testid': row.testId, 'aria-current': here ? ('page' as const) : undefined };
    const onClick = () => goTo(row.place);
    return h('li', { key: row.testId }, h('button', { type: 'button', className: here ? 'here' : '', onClick, ...more }, row.label));
  });
  if (!state.messagesTab || rows.some((row) => row.testId === 'direct')) return h('ul', null, items);
  const open = h(
    'button',
    { type: 'button', 'data-testid': 'direct', onClick: () => void act({ do: 'direct', user }) },
    `+ Message ${state.appName}`,
  );
  return h('ul', null, items, h('li', null, open));
}

function People(): ReactElement {
  const { state, user, setUser } = usePage();
  const people = state.users.filter((one) => !one.isBot);
  const items = people.map((one) => {
    const here = one.id === user;
    const more = { 'data-testid': `act-as-${one.name}`, 'aria-pressed': here };
    return h(
      'li',
      { key: one.id },
      h(
        'button',
        { type: 'button', className: here ? 'here' : '', onClick: () => setUser(one.id), ...more },
        h(Avatar, { name: one.realName, small: true }),
        one.realName,
        here ? h('span', { className: 'you' }, 'you') : null,
      ),
    );
  });
  return h('ul', null, items);
}

/** The left column: brand, places, people. */
export function Sidebar(): ReactElement {
  return h(
    'nav',
    { className: 'sidebar', 'aria-label': 'Channels and people' },
    h(
      'div',
      { className: 'brand' },
      h('span', { className: 'brand-mark', 'aria-hidden': true }, '⎈'),
      h('span', null, 'coxswain', h('small', null, 'sandbox')),
    ),
    h('h2', null, 'Channels'),
    h(Places),
    h('h2', null, 'Act as'),
    h(People),
    h(Connection),
  );
}
