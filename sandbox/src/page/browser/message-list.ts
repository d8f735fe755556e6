import { type ReactElement, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { Ephemeral, Message } from '../../slack/model.ts';
import type { PageState } from '../types.ts';
import { h } from './h.ts';
import { MessageItem, type Shown } from './message.ts';
import { usePage } from './page-context.ts';
import { nameOf } from './words.ts';

/** A channel, or one of its threads. */
export interface Talk {
  readonly channel: string;
  readonly thread?: string;
}

const byTime = (one: Shown, other: Shown): number => (one.ts < other.ts ? -1 : 1);

const ofEphemeral = (one: Ephemeral): Shown => ({ ts: one.ts, user: one.from, text: one.text, blocks: one.blocks, ephemeralId: one.id });

/** What a person sees in a channel, or in one of its threads: messages and what only they see, by time. */
function useShown({ channel, thread }: Talk): Shown[] {
  const { state, user } = usePage();
  const { messages, ephemerals } = state;
  const own = useMemo(() => {
    const here = ephemerals.filter((one) => one.channel === channel && one.user === user && one.thread_ts === thread);
    return here.map(ofEphemeral);
  }, [ephemerals, channel, user, thread]);
  return useMemo(() => {
    const inThread = (one: Message) => one.thread_ts === thread || one.ts === thread;
    const onTop = (one: Message) => !one.thread_ts || one.thread_ts === one.ts || one.broadcast;
    const here = messages.filter((one) => one.channel === channel && (thread ? inThread(one) : onTop(one)));
    return [...here, ...own].sort(byTime);
  }, [messages, own, channel, thread]);
}

const isReply = (one: Message): boolean => one.thread_ts !== undefined && one.thread_ts !== one.ts;

/** Keeps the newest entry in view, unless the reader has scrolled up. */
function useStickToEnd(state: PageState, panel: string) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what moves the end
  useLayoutEffect(() => {
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [state, panel]);
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };
  return { list, onScroll };
}

/** The messages of a channel or a thread; `empty` stands where there is none. */
export function MessageList({ channel, thread, empty }: Talk & { empty?: ReactNode }): ReactElement {
  const page = usePage();
  const { state, user } = page;
  const shown = useShown({ channel, ...(thread ? { thread } : {}) });
  const stick = useStickToEnd(state, page.panel);
  const { messages } = state;
  const replies = useMemo(() => Map.groupBy(messages.filter(isReply), (one) => one.thread_ts), [messages]);
  const items = shown.map((one) => {
    const inThread = replies.get(one.ts) ?? [];
    return h(MessageItem, {
      key: one.ephemeralId ?? one.ts,
      shown: one,
      author: nameOf(state, one.user),
      kind: one.user === state.botUser ? 'bot' : one.user === 'USLACKBOT' ? 'slack' : 'person',
      user,
      warning: state.warnings.find((warning) => warning.ts === one.ts && warning.user === user)?.text,
      replies: inThread.length,
      lastReply: inThread.at(-1)?.ts,
      isOpen: page.thread === one.ts,
      onOpen: thread ? undefined : page.openThread,
    });
  });
  const more = thread ? {} : { 'data-testid': 'messages' };
  return h(
    'div',
    { className: 'messages', ref: stick.list, onScroll: stick.onScroll, role: 'log', tabIndex: 0, ...more },
    items.length > 0 ? items : empty,
  );
}
