/** What the stand-in keeps of a Slack workspace. Only types: the page's browser code reads them too. */

export type JsonObject = { readonly [key: string]: unknown };

/** A Block Kit block as it was sent, with the ids that Slack fills in. */
export type Block = JsonObject & { readonly type: string; readonly block_id?: string };

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email?: string;
  readonly isBot?: boolean;
  /** Another workspace that the person belongs to, as in a channel that companies share. */
  readonly team?: string;
  /** The organization of a person of an Enterprise Grid, and all workspaces that this person is in. */
  readonly enterprise?: { readonly id: string; readonly teams: readonly string[] };
  /** A multi-channel or a single-channel guest. */
  readonly guest?: 'restricted' | 'ultra-restricted';
  readonly deleted?: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly members: readonly string[];
  readonly archived?: boolean;
  readonly topic?: string;
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: JsonObject;
}

/** A file of a message; the content is fetched from the stand-in by id. */
export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly size: number;
  readonly user: string;
  readonly created: number;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
}

/** A message; `thread_ts` is its parent's `ts`, `revision` counts its changes from 1. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly metadata?: Metadata;
  readonly files?: readonly FileInfo[];
  readonly reactions?: readonly Reaction[];
  readonly edited?: string;
  readonly broadcast?: boolean;
  readonly revision: number;
}

/** A message that one person sees. `from` is the app's bot user, or `USLACKBOT` for what Slack itself says. */
export interface Ephemeral {
  readonly id: string;
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly from: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly thread_ts?: string;
}

/** The warning triangle beside a message whose button was not answered in time. */
export interface Warning {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
}

/** A modal or a Home tab. `values` is what the person has put in so far, `errors` what the app refused, both by block id. */
export interface View {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly user: string;
  readonly hash: string;
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly title?: JsonObject;
  readonly submit?: JsonObject;
  readonly close?: JsonObject;
  readonly notify_on_close: boolean;
  readonly blocks: readonly Block[];
  readonly errors?: { readonly [blockId: string]: string };
  readonly trouble?: string;
}

/** A mention in a posted text that would ring somebody: `<!channel>`, `<!here>`, `<@U…>`, `<!subteam^S…>`. */
export interface Ping {
  readonly channel: string;
  readonly ts: string;
  readonly mention: string;
}

export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'message-removed'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'ephemeral'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'ephemeral-removed'; readonly id: string }
  | { readonly kind: 'warning'; readonly warning: Warning }
  | { readonly kind: 'warning-removed'; readonly channel: string; readonly ts: string; readonly user: string }
  | { readonly kind: 'modals'; readonly user: string; readonly views: readonly View[] }
  | { readonly kind: 'home'; readonly user: string; readonly view: View }
  | { readonly kind: 'channel'; readonly channel: Channel }
  | { readonly kind: 'connections'; readonly count: number };

/** The person who speaks where Slack itself answers. */
export const slackbot = 'USLACKBOT';
