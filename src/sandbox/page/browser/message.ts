import { type ReactElement, type ReactNode, useState } from 'react';
import type { Block, FileInfo, Message as SlackMessage } from '../../slack/model.ts';
import { Avatar } from './avatar.ts';
import { Blocks, type OnPress } from './blocks.ts';
import { useDesk } from './desk.ts';
import { Files } from './files.ts';
import { h } from './h.ts';
import { act } from './server.ts';
import { clock, exactTime, nameOf, plural } from './words.ts';

/** A message of anybody, or one that only the acting person sees. */
export interface Shown {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Block[] | undefined;
  readonly files?: readonly FileInfo[] | undefined;
  readonly reactions?: SlackMessage['reactions'] | undefined;
  readonly ephemeralId?: string;
}

const asBlocks = (text: string): Block[] => (text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text } }]);

function Head({ shown }: { shown: Shown }): ReactElement {
  const { state } = useDesk();
  const bot = shown.user === state.botUser;
  return h(
    'div',
    { className: 'message-head' },
    h('span', { className: 'message-name' }, nameOf(state, shown.user)),
    bot || shown.user === 'USLACKBOT' ? h('span', { className: 'badge' }, 'APP') : null,
    h('time', { dateTime: new Date(Number(shown.ts) * 1000).toISOString(), title: exactTime(shown.ts) }, clock(shown.ts)),
    shown.ephemeralId ? h('span', { className: 'only-you' }, '◌ Only visible to you') : null,
  );
}

function Reactions({ shown }: { shown: Shown }): ReactElement | null {
  if (!shown.reactions?.length) return null;
  return h(
    'div',
    { className: 'reactions' },
    shown.reactions.map((one) => h('span', { key: one.name, className: 'reaction' }, `:${one.name}: ${one.users.length}`)),
  );
}

/** What the last press came to, where the app did not answer it. */
function Trouble({ text }: { text: string }): ReactElement {
  return h('p', { className: 'trouble', role: 'alert', 'data-testid': 'press-warning' }, h('span', { 'aria-hidden': true }, '⚠ '), text);
}

/** Presses a button as the acting person; `trouble` says why it came to nothing. */
function usePress(shown: Shown): { busy: boolean; trouble: string | undefined; onPress: OnPress } {
  const { state, user } = useDesk();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const warning = state.warnings.find((one) => one.ts === shown.ts && one.user === user);
  const onPress: OnPress = async (press) => {
    if (busy) return;
    setBusy(true);
    const outcome = await act({ do: 'press', user, press: { ts: shown.ts, ...press } });
    setBusy(false);
    const told = outcome.ok || ['operation_timeout', 'dispatch_failed'].includes(outcome.error ?? '');
    setRefused(told ? undefined : `This did not work: ${outcome.error}`);
  };
  return { busy, trouble: warning?.text ?? refused, onPress };
}

function Dismiss({ id }: { id: string }): ReactElement {
  return h('button', { type: 'button', className: 'link', onClick: () => void act({ do: 'dismiss', id }) }, 'Dismiss');
}

/** One message with its author, Block Kit, files and buttons; `children` is what stands below it. */
export function MessageItem({ shown, children }: { shown: Shown; children?: ReactNode }): ReactElement {
  const { state } = useDesk();
  const { busy, trouble, onPress } = usePress(shown);
  const own = shown.ephemeralId !== undefined;
  const bot = shown.user === state.botUser;
  return h(
    'article',
    {
      className: `message${own ? ' ephemeral' : ''}`,
      'data-testid': own ? 'ephemeral' : 'message',
      'data-ts': shown.ts,
      'aria-busy': busy,
    },
    h(Avatar, { name: nameOf(state, shown.user), bot }),
    h(
      'div',
      { className: 'message-body' },
      h(Head, { shown }),
      h(Blocks, { blocks: shown.blocks ?? asBlocks(shown.text), onPress }),
      shown.files ? h(Files, { files: shown.files }) : null,
      h(Reactions, { shown }),
      trouble ? h(Trouble, { text: trouble }) : null,
      own ? h(Dismiss, { id: shown.ephemeralId ?? '' }) : null,
      children,
    ),
  );
}

/** `2 replies · last 14:03`, which opens the thread. */
export function ThreadLink({ parent, replies }: { parent: SlackMessage; replies: readonly SlackMessage[] }): ReactElement {
  const { openThread, thread } = useDesk();
  const last = replies.at(-1);
  return h(
    'button',
    {
      type: 'button',
      className: `thread-link${thread === parent.ts ? ' open' : ''}`,
      'data-testid': 'open-thread',
      onClick: () => openThread(parent.ts),
    },
    last ? `${plural(replies.length, 'reply', 'replies')} · last ${clock(last.ts)}` : 'Reply in thread',
  );
}
