import type { ReactElement } from 'react';
import { Composer } from './composer.ts';
import { h } from './h.ts';
import { MessageList } from './message-list.ts';
import { usePage } from './page-context.ts';
import { channelName } from './words.ts';

function Empty({ channel }: { channel: string }): ReactElement {
  const { state } = usePage();
  const command = state.commands[0]?.command ?? '/help';
  const words = `No messages yet. Type ${command} help, or make a commit under “Commits” and watch #${channelName(state, channel)}.`;
  return h('p', { className: 'empty' }, words);
}

/** A channel or a direct conversation with its composer. */
export function Conversation({ channel }: { channel: string }): ReactElement {
  const { state } = usePage();
  return h(
    'section',
    { className: 'conversation', 'aria-label': `#${channelName(state, channel)}` },
    h(MessageList, { key: channel, channel, empty: h(Empty, { channel }) }),
    h(Composer, { key: `${channel} composer`, channel }),
  );
}

/** One thread with its composer. */
export function Thread(): ReactElement {
  const { state, thread } = usePage();
  const parent = state.messages.find((one) => one.ts === thread);
  if (!parent) {
    return h('p', { className: 'empty' }, 'Open a thread with the button below a message; that is where excerpts and logs of a run are.');
  }
  const talk = { channel: parent.channel, thread: parent.ts };
  return h(
    'section',
    { className: 'conversation', 'aria-label': 'Thread', 'data-testid': 'thread' },
    h(MessageList, { key: parent.ts, ...talk }),
    h(Composer, { key: `${parent.ts} composer`, ...talk }),
  );
}
