import type { PageState } from '../types.ts';

/** `14:03` of a Slack timestamp. */
export const clock = (ts: string): string =>
  new Date(Number(ts) * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

export const exactTime = (ts: string): string => new Date(Number(ts) * 1000).toLocaleString();

/** How long ago, in one unit: `12 s`, `3 min`, `2 h`, `5 d`. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(1)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export function nameOf(state: PageState, user: string): string {
  if (user === 'USLACKBOT') return 'Slackbot';
  return state.users.find((one) => one.id === user)?.realName ?? user;
}

export function channelName(state: PageState, id: string): string {
  const channel = state.channels.find((one) => one.id === id);
  if (!channel) return id;
  return channel.kind === 'im' ? state.appName : channel.name;
}
