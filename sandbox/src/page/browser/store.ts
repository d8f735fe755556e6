import { useSyncExternalStore } from 'react';
import type { Change } from '../../slack/model.ts';
import type { PageEvent, PageState } from '../types.ts';

/** What the page knows: the server's state, and whether the line to it stands. */
export interface Known {
  readonly state: PageState | undefined;
  readonly connected: boolean;
}

let known: Known = { state: undefined, connected: false };
const listeners = new Set<() => void>();

function set(next: Known): void {
  known = next;
  for (const listener of listeners) listener();
}

const put = <T>(list: readonly T[], same: (one: T) => boolean, item: T): T[] =>
  list.some(same) ? list.map((one) => (same(one) ? item : one)) : [...list, item];

function changed(state: PageState, change: Change): PageState {
  switch (change.kind) {
    case 'message': {
      const { channel, ts } = change.message;
      return { ...state, messages: put(state.messages, (one) => one.ts === ts && one.channel === channel, change.message) };
    }
    case 'message-removed':
      return { ...state, messages: state.messages.filter((one) => one.ts !== change.ts || one.channel !== change.channel) };
    case 'ephemeral':
      return { ...state, ephemerals: put(state.ephemerals, (one) => one.id === change.ephemeral.id, change.ephemeral) };
    case 'ephemeral-removed':
      return { ...state, ephemerals: state.ephemerals.filter((one) => one.id !== change.id) };
    case 'warning': {
      const { ts, user } = change.warning;
      return { ...state, warnings: put(state.warnings, (one) => one.ts === ts && one.user === user, change.warning) };
    }
    case 'warning-removed':
      return { ...state, warnings: state.warnings.filter((one) => one.ts !== change.ts || one.user !== change.user) };
    case 'modals':
      return { ...state, modals: { ...state.modals, [change.user]: change.views } };
    case 'home':
      return { ...state, homes: { ...state.homes, [change.user]: change.view } };
    case 'channel':
      return { ...state, channels: put(state.channels, (one) => one.id === change.channel.id, change.channel) };
    case 'connections':
      return { ...state, connections: change.count };
  }
}

/** The state after an event of the server. */
export function reduce(state: PageState | undefined, event: PageEvent): PageState | undefined {
  if (event.kind === 'state') return event.state;
  if (!state) return undefined;
  if (event.kind === 'slack') return changed(state, event.change);
  if (event.kind === 'cluster') return { ...state, cluster: event.cluster };
  return { ...state, commits: event.commits };
}

/** Takes the events of one moment in, so that the page is drawn once for all of them. */
export const receive = (events: readonly PageEvent[]): void => set({ connected: true, state: events.reduce(reduce, known.state) });

export const setConnected = (connected: boolean): void => set({ ...known, connected });

/** What the page knows, in a component. */
export function useKnown(): Known {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
}
