import { createContext, useContext } from 'react';
import type { PageState } from '../types.ts';

/** Where the person looks: a channel (or direct conversation) by id, or the app's Home tab. */
export type Place = { readonly kind: 'channel'; readonly id: string } | { readonly kind: 'home' };

/** What stands beside the conversation. On a phone it stands in place of it. */
export type Panel = 'chat' | 'thread' | 'cluster' | 'commits' | 'about';

/** What every component may look at and move: the state, who acts, and what is open. */
export interface PageContext {
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

const context = createContext<PageContext | undefined>(undefined);

export const PageProvider = context.Provider;

export function usePage(): PageContext {
  const page = useContext(context);
  if (!page) throw new Error('This component is outside of the page context.');
  return page;
}
