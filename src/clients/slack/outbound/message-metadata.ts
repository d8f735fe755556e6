import type { Posted } from '../../../core/chat.ts';
import type { Notice } from '../../../core/notice.ts';
import type { Run, ThreadPost } from '../../../core/run/run.ts';
import { type Message, nextCursor, shapes, whole } from '../answers.ts';
import type { WebClient } from '../web.ts';
import { withSlackErrors } from './errors.ts';

/** Metadata by which we recognize our own messages. Every app in the workspace can read it. */
export function runMetadata(instance: string, run: Run) {
  return { event_type: 'coxswain_run', event_payload: { instance, uid: run.uid } };
}

export function threadMetadata(run: Run, item: ThreadPost) {
  return { event_type: 'coxswain_thread', event_payload: { uid: run.uid, key: item.key } };
}

export function noticeMetadata(instance: string, { uid }: Notice) {
  return { event_type: 'coxswain_notice', event_payload: { instance, uid } };
}

export function postedOf(answer: object): Posted {
  const { channel, ts } = whole(shapes.posted, answer, 'a message that it was sent');
  return { channel, ts };
}

/** Checks that a message was updated. */
export function updatedOf(answer: object): void {
  whole(shapes.done, answer, 'a message that it was to change');
}

/** Maximum number of pages read from a channel's history, 200 messages each. */
const mostPages = 50;
/** Seconds of allowed clock skew: a run's message is newer than the run, but clocks differ slightly. */
const clockSkew = 120;

/** Finds the run's message in its channel's history, from the newest message back to the run's creation. */
export async function searchHistory(web: WebClient, channel: string, instance: string, run: Run): Promise<Posted | undefined> {
  const found = await inHistory(web, { channel, since: run.createdAt, what: run.id }, runMetadata(instance, run));
  return found?.ts ? { channel, ts: found.ts } : undefined;
}

/** Whether the channel has already been notified. */
export async function hasNotice(web: WebClient, channel: string, instance: string, notice: Notice): Promise<boolean> {
  const place = { channel, since: notice.at, what: `the notice for ${notice.repository}` };
  return (await inHistory(web, place, noticeMetadata(instance, notice))) !== undefined;
}

interface Wanted {
  readonly channel: string;
  /** ISO 8601: the message is not older than this. */
  readonly since: string;
  readonly what: string;
}

function inHistory(web: WebClient, { channel, since, what }: Wanted, mark: { event_type: string; event_payload: object }) {
  const oldest = String(Math.floor(Date.parse(since) / 1000) - clockSkew);
  return firstOf(
    `look for ${what} in the history of its channel`,
    (cursor) => web.conversations.history({ channel, oldest, limit: 200, include_all_metadata: true, ...cursor }),
    (message) => hasMark(message, mark),
  );
}

/** Whether the thread has the reply with that key, or a file with one of those titles. */
export async function searchThread(
  web: WebClient,
  at: Posted,
  item: { uid: string; key: string; titles: readonly string[] },
): Promise<boolean> {
  const wanted = { event_type: 'coxswain_thread', event_payload: { uid: item.uid, key: item.key } };
  const found = await firstOf(
    `read the thread for ${item.titles[0]}`,
    (cursor) => web.conversations.replies({ channel: at.channel, ts: at.ts, limit: 200, include_all_metadata: true, ...cursor }),
    (message) =>
      hasMark(message, wanted) || message.files?.some(({ title }) => typeof title === 'string' && item.titles.includes(title)) === true,
  );
  return found !== undefined;
}

async function firstOf(what: string, read: (cursor: { cursor?: string }) => Promise<object>, fits: (message: Message) => boolean) {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { messages, next } = await withSlackErrors(what, async () => {
      const answer = whole(shapes.messages, await read(cursor ? { cursor } : {}), 'messages of a channel');
      return { messages: answer.messages, next: nextCursor(answer, 'messages of a channel') };
    });
    const found = messages.find(fits);
    if (found) return found;
    cursor = next;
    if (!cursor) return undefined;
  }
  return undefined;
}

function hasMark({ metadata }: Message, wanted: { event_type: string; event_payload: object }): boolean {
  if (metadata?.event_type !== wanted.event_type) return false;
  const payload = new Map(Object.entries(metadata.event_payload ?? {}));
  return Object.entries(wanted.event_payload).every(([key, value]) => payload.get(key) === value);
}
