import { memo, type ReactElement, useMemo } from 'react';
import type { Block, FileInfo, Reaction } from '../../slack/model.ts';
import { Avatar } from './avatar.ts';
import { Blocks } from './blocks.ts';
import { Files } from './files.ts';
import { h } from './h.ts';
import { usePress } from './press.ts';
import { act } from './server.ts';
import { clock, exactTime, plural } from './words.ts';

/** A message of anybody, or one that only the acting person sees. */
export interface Shown {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Block[] | undefined;
  readonly files?: readonly FileInfo[] | undefined;
  readonly reactions?: readonly Reaction[] | undefined;
  readonly ephemeralId?: string;
}

/** Plain values, so that a message is rendered again only where one of them changes. */
interface Properties {
  readonly shown: Shown;
  readonly author: string;
  readonly kind: 'person' | 'bot' | 'slack';
  /** Who acts. */
  readonly user: string;
  readonly warning: string | undefined;
  readonly replies: number;
  readonly lastReply: string | undefined;
  readonly isOpen: boolean;
  /** Opens the thread; missing where a message cannot have one here. */
  readonly onOpen: ((ts: string) => void) | undefined;
}

const asBlocks = (text: string): Block[] => (text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text } }]);

function Head({ shown, author, kind }: Properties): ReactElement {
  return h(
    'div',
    { className: 'message-head' },
    h('span', { className: 'message-name' }, author),
    kind === 'person' ? null : h('span', { className: 'badge' }, 'APP'),
    h('time', { dateTime: new Date(Number(shown.ts) * 1000).toISOString(), title: exactTime(shown.ts) }, clock(shown.ts)),
    shown.ephemeralId ? h('span', { className: 'only-you' }, '◌ Only visible to you') : null,
  );
}

function Reactions({ reactions }: { reactions: readonly Reaction[] }): ReactElement {
  const items = reactions.map((one) => h('span', { key: one.name, className: 'reaction' }, `:${one.name}: ${one.users.length}`));
  return h('div', { className: 'reactions' }, items);
}

/** What the last press came to, where the app did not answer it. */
function Trouble({ text }: { text: string }): ReactElement {
  return h('p', { className: 'trouble', role: 'alert', 'data-testid': 'press-warning' }, h('span', { 'aria-hidden': true }, '⚠ '), text);
}

function Dismiss({ id }: { id: string }): ReactElement {
  return h('button', { type: 'button', className: 'link', onClick: () => void act({ do: 'dismiss', id }) }, 'Dismiss');
}

/** `2 replies · last 14:03`, which opens the thread. */
function ThreadLink({ shown, replies, lastReply, isOpen, onOpen }: Properties): ReactElement | null {
  if (!onOpen || shown.ephemeralId) return null;
  const className = `thread-link${isOpen ? ' open' : ''}`;
  const words = lastReply ? `${plural(replies, 'reply', 'replies')} · last ${clock(lastReply)}` : 'Reply in thread';
  return h('button', { type: 'button', className, 'data-testid': 'open-thread', onClick: () => onOpen(shown.ts) }, words);
}

/** One message with its author, Block Kit, files and buttons. */
export const MessageItem = memo(function MessageItem(properties: Properties): ReactElement {
  const { shown, author, kind, user } = properties;
  const { busy, refused, onPress } = usePress(shown.ts, user);
  const blocks = useMemo(() => shown.blocks ?? asBlocks(shown.text), [shown.blocks, shown.text]);
  const trouble = properties.warning ?? refused;
  const own = shown.ephemeralId !== undefined;
  const marks = { 'data-testid': own ? 'ephemeral' : 'message', 'data-ts': shown.ts, 'aria-busy': busy };
  return h(
    'article',
    { className: `message${own ? ' ephemeral' : ''}`, ...marks },
    h(Avatar, { name: author, bot: kind === 'bot' }),
    h(
      'div',
      { className: 'message-body' },
      h(Head, properties),
      h(Blocks, { blocks, onPress }),
      shown.files ? h(Files, { files: shown.files }) : null,
      shown.reactions?.length ? h(Reactions, { reactions: shown.reactions }) : null,
      trouble ? h(Trouble, { text: trouble }) : null,
      shown.ephemeralId ? h(Dismiss, { id: shown.ephemeralId }) : null,
      h(ThreadLink, properties),
    ),
  );
});
