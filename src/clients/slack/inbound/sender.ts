/** Where Slack's payloads name the workspace of the person who acted, in Slack Connect channels; each field may be missing. */
interface Named {
  readonly team?: unknown;
  readonly team_id?: unknown;
  readonly user_team?: unknown;
  readonly source_team?: unknown;
  readonly user_profile?: unknown;
}

/** The workspaces (T…) or organizations (E…) to which a payload assigns the person who acted. */
export function teamsOf(payload: object): string[] {
  const { team, team_id, user_team, source_team, user_profile }: Named = payload;
  const profile: Named = typeof user_profile === 'object' && user_profile !== null ? user_profile : {};
  const named = [team, team_id, user_team, source_team, profile.team];
  return [...new Set(named.filter((one): one is string => typeof one === 'string' && one !== ''))];
}

/** Whether a program (an app, a workflow, an integration) sent the message. Programs are never answered. */
export function isByProgram(event: object): boolean {
  const { bot_id, bot_profile, subtype }: { bot_id?: unknown; bot_profile?: unknown; subtype?: unknown } = event;
  return Boolean(bot_id) || Boolean(bot_profile) || subtype === 'bot_message';
}

/** Seconds for which received messages are remembered: an event about an older message cannot be its first. */
const longestMemory = 3600;

/** Whether the event is about an edit: Slack sends a mention again each time its message is edited. */
export function isEdited(event: object, sentAt: number): boolean {
  const { edited, ts }: { edited?: unknown; ts?: unknown } = event;
  return Boolean(edited) || sentAt - Number(ts) > longestMemory;
}
