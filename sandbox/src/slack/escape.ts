import type { State } from './state.ts';

/** Escapes the three characters that Slack's markup reserves. */
const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What a person typed as Slack stores it: `@lin` and `#ci` become `<@U…>` and `<#C…>` (with `|name` where `named`), the rest is escaped. */
export function resolveMentions(text: string, state: State, named: boolean): string {
  const users = new Map([...state.users.values()].map((user) => [user.name, user.id]));
  const channels = new Map([...state.channels.values()].map((channel) => [channel.name, channel.id]));
  const groups = new Map([...state.groups.values()].map((group) => [group.handle, group.id]));
  return escapeText(text)
    .replaceAll(/(^|[\s(*_~])@([a-z0-9._-]*[a-z0-9_])/gi, (whole, before: string, name: string) => {
      const user = users.get(name);
      if (user) return `${before}<@${user}${named ? `|${name}` : ''}>`;
      const group = groups.get(name);
      if (group) return `${before}<!subteam^${group}|@${name}>`;
      return ['here', 'channel', 'everyone'].includes(name) ? `${before}<!${name}>` : whole;
    })
    .replaceAll(/(^|[\s(])#([a-z0-9_-]+)/gi, (whole, before: string, name: string) => {
      const channel = channels.get(name);
      return channel ? `${before}<#${channel}|${named ? name : ''}>` : whole;
    })
    .replaceAll(/(^|\s)(https?:\/\/[^\s<>|]+)/g, '$1<$2>');
}

/** The mentions in sent markup that would ring somebody. */
export function mentionsIn(markup: string): string[] {
  return markup.match(/<!(?:channel|here|everyone|subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>|<@[UW][A-Z0-9]+(?:\|[^<>]*)?>/g) ?? [];
}
