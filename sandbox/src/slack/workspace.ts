import type { Channel, User, UserGroup } from './model.ts';

/** What a workspace holds before the app says anything. */
export interface Workspace {
  readonly name: string;
  readonly users: readonly User[];
  readonly channels: readonly Channel[];
  readonly groups: readonly UserGroup[];
}

/** The ids of the app's own identity in the stand-in. */
export const app = { appId: 'A0COXSWAIN', botId: 'B0COXSWAIN', botUser: 'U0COXSWAIN', teamId: 'T0SANDBOX' } as const;

const people = ['U0123ADA', 'U0456LIN', 'U0789GUEST'];

/** Three people (Ada operates, Lin approves, Guest may only look), two channels with the bot in them, one without it. */
export const defaultWorkspace: Workspace = {
  name: 'sandbox',
  users: [
    { id: 'U0123ADA', name: 'ada', realName: 'Ada', email: 'ada@example.com' },
    { id: 'U0456LIN', name: 'lin', realName: 'Lin', email: 'lin@example.com' },
    { id: 'U0789GUEST', name: 'guest', realName: 'Guest', email: 'guest@example.com' },
  ],
  channels: [
    { id: 'C0123CICD', name: 'ci', kind: 'public', members: [...people, app.botUser], topic: 'What the pipeline does' },
    { id: 'C0456GENERAL', name: 'general', kind: 'public', members: [...people, app.botUser], topic: 'Everything else' },
    { id: 'C0789QUIET', name: 'quiet', kind: 'public', members: people, topic: 'The bot is not in here' },
  ],
  groups: [
    { id: 'S0123OPS', handle: 'operators', name: 'Operators', users: ['U0123ADA'] },
    { id: 'S0456APPROVE', handle: 'approvers', name: 'Approvers', users: ['U0456LIN'] },
  ],
};
