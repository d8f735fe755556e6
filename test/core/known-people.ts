import type { Standings } from '../../src/core/people/standing.ts';

/** Everybody is a member of the bot's workspace. */
export const allMembers: Standings = async () => ({ kind: 'member' });
