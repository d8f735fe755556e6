import { createContext, useContext } from 'react';
import type { Channel, User, UserGroup } from '../../slack/model.ts';

/** Who and what mentions stand for. Apart from the page, so that a new message does not render every other one again. */
export interface Names {
  readonly users: readonly User[];
  readonly groups: readonly UserGroup[];
  readonly channels: readonly Channel[];
}

const context = createContext<Names>({ users: [], groups: [], channels: [] });

export const NamesProvider = context.Provider;

export const useNames = (): Names => useContext(context);
