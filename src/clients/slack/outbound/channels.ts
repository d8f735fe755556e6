import { Refused } from '../../../core/chat.ts';
import { nextCursor, shapes, whole } from '../answers.ts';
import type { WebClient } from '../web.ts';
import { withSlackErrors } from './errors.ts';

/** Whether it is a channel's id and not its name. */
function isChannelId(channel: string): boolean {
  return /^[CGD][A-Z0-9]{7,}$/.test(channel);
}

/** Finds channels' ids by name and remembers them. `#ci`, `ci` and ids are understood. */
export function channelIds(web: WebClient): (channel: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (channel) => {
    if (isChannelId(channel)) return channel;
    const name = channel.replace(/^#/, '');
    const id = known.get(name) ?? (await withSlackErrors(`look for the channel ${channel}`, () => search(web, name)));
    if (id === undefined)
      throw new Refused('channel_not_found', `the bot cannot see a channel ${channel} in Slack: use one that exists, and invite the bot`);
    known.set(name, id);
    return id;
  };
}

async function search(web: WebClient, name: string): Promise<string | undefined> {
  let cursor: string | undefined;
  do {
    const answer = await web.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 1000,
      ...(cursor && { cursor }),
    });
    const page = whole(shapes.channels, answer, 'the list of channels');
    const found = page.channels.find((channel) => channel.name === name)?.id;
    if (found) return found;
    cursor = nextCursor(page, 'the list of channels');
  } while (cursor);
  return undefined;
}
