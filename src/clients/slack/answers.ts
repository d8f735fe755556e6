import { z } from 'zod';
import { HalfAnswer, wholeAnswer } from '../http/half-answer.ts';

/** The fields of Slack's answers that are read. Source: https://docs.slack.dev/reference/methods */
const ok = z.object({ ok: z.literal(true) });
const word = z.string().min(1);
const flag = z.boolean().nullish();
const anything = z.unknown().optional();

const done = ok;
const posted = ok.extend({ channel: word, ts: z.string().regex(/^\d+\.\d+$/) });
const user = z.object({
  id: word,
  team_id: word,
  enterprise_user: z.object({ teams: z.array(word).nullish(), enterprise_id: word.nullish() }).nullish(),
  is_bot: z.boolean(),
  is_workflow_bot: flag,
  deleted: z.boolean(),
  is_restricted: flag,
  is_ultra_restricted: flag,
});
const account = ok.extend({ user });
const identity = ok.extend({ team_id: word });
const bot = ok.extend({ user: word, team: word, response_metadata: z.object({ scopes: z.array(word).nullish() }).nullish() });
const connection = ok.extend({ url: z.url() });
const channel = ok.extend({ channel: z.object({ is_archived: z.boolean(), is_member: z.boolean() }) });
const members = ok.extend({ users: z.array(word) });
const page = ok.extend({ has_more: flag, response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish() });
const channels = page.extend({ channels: z.array(z.object({ id: word, name: z.string().nullish() })) });
const message = z.object({
  ts: word,
  // Other apps' messages stand beside ours, with whatever they were sent with.
  metadata: z.object({ event_type: anything, event_payload: anything }).nullish(),
  files: z.array(z.object({ title: anything })).nullish(),
});
const messages = page.extend({ messages: z.array(message) });
const upload = ok.extend({ upload_url: z.url(), file_id: word });

export const shapes = { done, posted, account, identity, bot, connection, channel, members, channels, messages, upload };

/** Part of a channel's history, as far as it tells whether a message is ours. */
export type Message = z.output<typeof message>;

/**
 * An answer of Slack, which is data only once all that is read of it has been checked.
 * @throws HalfAnswer
 */
export function whole<T>(shape: z.ZodType<T>, answer: object, about: string): T {
  return wholeAnswer(shape, answer, { host: 'Slack', about });
}

/** The cursor of the next page; undefined on the last one. @throws HalfAnswer if there is more, and no way to it */
export function nextCursor({ has_more, response_metadata }: z.output<typeof page>, about: string): string | undefined {
  const cursor = response_metadata?.next_cursor || undefined;
  if (has_more === true && cursor === undefined) throw new HalfAnswer('Slack', about, 'there is more of it, but no cursor');
  return cursor;
}
