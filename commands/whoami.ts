import type { Command } from '../src/core/command/command.ts';
import type { Roles } from '../src/core/people/roles.ts';

export const whoami = (roles: Roles): Command => ({
  name: 'whoami',
  usage: 'whoami',
  summary: 'Show who the bot takes you for, and what you may do.',
  access: 'anyone',
  light: true,
  async run({ user }) {
    const { allowed, why } = await roles.operator(user, 'remembered');
    return { kind: 'whoami', user, operator: allowed, why, approver: await roles.approver(user, [], 'remembered') };
  },
});
