import { useCallback, useState } from 'react';
import type { PageState } from '../types.ts';
import type { PageContext, Panel, Place } from './page-context.ts';
import type { Known } from './store.ts';

const userKey = 'coxswain-sandbox-user';

/** The page of this browser: the server's state, and what its person has open. Who acts survives a reload. */
export function useViewState({ state, connected }: Known & { state: PageState }): PageContext {
  const people = state.users.filter((one) => !one.isBot);
  const [wanted, setWanted] = useState(() => localStorage.getItem(userKey) ?? '');
  const user = people.some((one) => one.id === wanted) ? wanted : (people[0]?.id ?? '');
  const [place, setPlace] = useState<Place>(() => ({ kind: 'channel', id: state.channels[0]?.id ?? '' }));
  const [thread, setThread] = useState<string>();
  const [panel, setPanel] = useState<Panel>('chat');
  const openThread = useCallback((ts: string) => {
    setThread(ts);
    setPanel('thread');
  }, []);
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
    openThread,
    setPanel,
  };
}
