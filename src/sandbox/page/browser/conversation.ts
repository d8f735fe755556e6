import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { Message } from '../../slack/model.ts';
import type { PageState } from '../types.ts';
import { Composer } from './composer.ts';
import { useDesk } from './desk.ts';
import { h } from './h.ts';
import { MessageItem, type Shown, ThreadLink } from './message.ts';
import { channelName } from './words.ts';

interface Entry {
  readonly shown: Shown;
  readonly message?: Message;
}

const byTime = (one: Entry, other: Entry): number => (one.shown.ts < other.shown.ts ? -1 : 1);

/** What a person sees in a channel, or in one of its threads: messages and what only they see, by time. */
export function entries(state: PageState, channel: string, user: string, thread?: string): Entry[] {
  const belongs = (one: Message) =>
    thread ? one.thread_ts === thread || one.ts === thread : !one.thread_ts || one.thread_ts === one.ts || one.broadcast;
  const messages = state.messages.filter((one) => one.channel === channel && belongs(one)).map((message) => ({ shown: message, message }));
  const own = state.ephemerals.filter((one) => one.channel === channel && one.user === user && one.thread_ts === thread);
  return [...messages, ...own.map((one) => ({ shown: { ...one, user: one.from, ephemeralId: one.id } }))].sort(byTime);
}

/** Keeps the newest entry in view, unless the reader has scrolled up. */
function useStickToEnd(content: unknown) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the content is what moves the end
  useLayoutEffect(() => {
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [content]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };
  return { list, onScroll };
}

function Empty({ channel }: { channel: string }): ReactElement {
  const { state } = useDesk();
  const command = state.commands[0]?.command ?? '/help';
  return h(
    'p',
    { className: 'empty' },
    `Nothing was said here yet. Type ${command} help, or make a commit under “Commits” and watch #${channelName(state, channel)}.`,
  );
}

/** A channel or a direct conversation with its composer. */
export function Conversation({ channel }: { channel: string }): ReactElement {
  const { state, user } = useDesk();
  const list = entries(state, channel, user);
  const stick = useStickToEnd(state);
  const replies = Map.groupBy(
    state.messages.filter((one) => one.channel === channel && one.thread_ts && one.thread_ts !== one.ts),
    (one) => one.thread_ts,
  );
  return h(
    'section',
    { className: 'conversation', 'aria-label': `#${channelName(state, channel)}` },
    h(
      'div',
      { className: 'messages', ref: stick.list, onScroll: stick.onScroll, 'data-testid': 'messages', role: 'log', tabIndex: 0 },
      list.length === 0 ? h(Empty, { channel }) : null,
      list.map(({ shown, message }) =>
        h(
          MessageItem,
          { key: shown.ephemeralId ?? shown.ts, shown },
          message ? h(ThreadLink, { parent: message, replies: replies.get(message.ts) ?? [] }) : null,
        ),
      ),
    ),
    h(Composer, { key: channel, channel }),
  );
}

/** One thread with its composer. */
export function Thread(): ReactElement {
  const { state, user, thread } = useDesk();
  const stick = useStickToEnd(state);
  const parent = state.messages.find((one) => one.ts === thread);
  if (!parent)
    return h('p', { className: 'empty' }, 'Open a thread with the button below a message; excerpts and logs of a run stand there.');
  const list = entries(state, parent.channel, user, parent.ts);
  return h(
    'section',
    { className: 'conversation', 'aria-label': 'Thread', 'data-testid': 'thread' },
    h(
      'div',
      { className: 'messages', ref: stick.list, onScroll: stick.onScroll, role: 'log', tabIndex: 0 },
      list.map(({ shown }) => h(MessageItem, { key: shown.ephemeralId ?? shown.ts, shown })),
    ),
    h(Composer, { key: parent.ts, channel: parent.channel, thread: parent.ts }),
  );
}
