import type { Controls } from '../slack/controls.ts';
import { app } from '../slack/workspace.ts';
import type { ClusterSource, CommitSource } from './ports.ts';
import type { PageState, Part } from './types.ts';

/** Where the page's contents come from. */
export interface Sources {
  readonly slack: Controls;
  readonly cluster: ClusterSource;
  readonly commits: CommitSource;
  readonly parts: readonly Part[];
}

/** A page that connects gets this many messages of each channel, the newest. */
const mostMessages = 400;

/** Everything that the page shows, as it is now. */
export function pageState({ slack, cluster, commits, parts }: Sources): PageState {
  const users = slack.users();
  const channels = slack.channels();
  return {
    appName: slack.manifest.name,
    botUser: app.botUser,
    users,
    groups: slack.groups(),
    channels,
    commands: slack.manifest.commands,
    homeTab: slack.manifest.homeTab,
    messagesTab: slack.manifest.messagesTab,
    messages: channels.flatMap((channel) => slack.messages(channel.id).slice(-mostMessages)),
    ephemerals: users.flatMap((user) => slack.ephemerals(user.id)),
    warnings: users.flatMap((user) => slack.warnings(user.id)),
    modals: Object.fromEntries(users.map((user) => [user.id, slack.modals(user.id)])),
    homes: Object.fromEntries(users.flatMap((user) => slack.home(user.id) ?? []).map((view) => [view.user, view])),
    connections: slack.connections(),
    cluster: cluster.snapshot(),
    commits: commits.list(),
    parts,
  };
}
