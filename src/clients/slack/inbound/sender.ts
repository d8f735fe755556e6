/** The places where Slack's payloads name the workspace of who acted, in channels that several companies share; each may be missing. */
interface Named {
  readonly team?: unknown;
  readonly team_id?: unknown;
  readonly user_team?: unknown;
  readonly source_team?: unknown;
  readonly user_profile?: unknown;
}

/** The workspaces (T…) or organizations (E…) that a payload gives the person who acted. */
export function teamsOf(payload: object): string[] {
  const { team, team_id, user_team, source_team, user_profile }: Named = payload;
  const profile: Named = typeof user_profile === 'object' && user_profile !== null ? user_profile : {};
  const named = [team, team_id, user_team, source_team, profile.team];
  return [...new Set(named.filter((one): one is string => typeof one === 'string' && one !== ''))];
}

/** Whether a program sent the message: an app, a workflow, an integration. Programs are never answered. */
export function isByProgram(event: object): boolean {
  const { bot_id, bot_profile, subtype }: { bot_id?: unknown; bot_profile?: unknown; subtype?: unknown } = event;
  return Boolean(bot_id) || Boolean(bot_profile) || subtype === 'bot_message';
}

/** Seconds for which what was heard is remembered: an event about an older message cannot be its first. */
const longestMemory = 3600;

/** Whether the event tells of an edit: Slack sends a mention again each time that its message is edited. */
export function isEdited(event: object, sentAt: number): boolean {
  const { edited, ts }: { edited?: unknown; ts?: unknown } = event;
  return Boolean(edited) || sentAt - Number(ts) > longestMemory;
}
