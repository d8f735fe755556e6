import type { MembershipCheck } from '../../src/core/people/membership.ts';

/** Everybody is a member of the bot's workspace. */
export const allMembers: MembershipCheck = async () => ({ kind: 'member' });
