import { type ReactElement, useEffect } from 'react';
import { Blocks } from './blocks.ts';
import { h } from './h.ts';
import { usePage } from './page-context.ts';
import { act } from './server.ts';

/** The app's Home tab as the acting person sees it. */
export function Home(): ReactElement {
  const { state, user } = usePage();
  useEffect(() => void act({ do: 'home', user }), [user]);
  const view = state.homes[user];
  return h(
    'section',
    { className: 'home', 'data-testid': 'home', 'aria-label': `Home of ${state.appName}` },
    view
      ? h(Blocks, { blocks: view.blocks, onPress: (press) => void act({ do: 'press', user, press: { view: view.id, ...press } }) })
      : h('p', { className: 'empty' }, 'The app has not published a Home tab for this person yet.'),
  );
}
