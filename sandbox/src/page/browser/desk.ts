import { createContext, useContext } from 'react';
import type { PageState } from '../types.ts';

/** Where the person looks: a channel (or direct conversation) by id, or the app's Home tab. */
export type Place = { readonly kind: 'channel'; readonly id: string } | { readonly kind: 'home' };

/** What stands beside the conversation. On a phone it stands in place of it. */
export type Panel = 'chat' | 'thread' | 'cluster' | 'commits' | 'about';

/** What every component may look at and move: the state, who acts, and what is open. */
export interface Desk {
  readonly state: PageState;
  readonly connected: boolean;
  /** The id of the person who acts. */
  readonly user: string;
  readonly place: Place;
  readonly thread: string | undefined;
  readonly panel: Panel;
  setUser(id: string): void;
  goTo(place: Place): void;
  openThread(ts: string): void;
  setPanel(panel: Panel): void;
}

const context = createContext<Desk | undefined>(undefined);

export const DeskProvider = context.Provider;

export function useDesk(): Desk {
  const desk = useContext(context);
  if (!desk) throw new Error('A component stands outside of the desk.');
  return desk;
}
