import type { Run, ThreadPost } from '../../../core/run/run.ts';
import type { RunMessages } from '../../../core/run/run-messages.ts';
import { stageOf } from '../../../core/run/stages.ts';
import type { Message } from '../../../messages/blocks.ts';
import { causeMessage, type Failed } from '../../../messages/cause.ts';
import { noticeMessage } from '../../../messages/notice.ts';
import { requestMessage } from '../../../messages/request.ts';
import { runMessage } from '../../../messages/run.ts';
import type { MessageView, ViewOf } from '../../../messages/view.ts';
import { type SlackOptions, slackWeb } from '../web.ts';
import { channelIds } from './channels.ts';
import { orPlain, withSlackErrors } from './errors.ts';
import {
  hasNotice,
  noticeMetadata,
  postedOf,
  runMetadata,
  searchHistory,
  searchThread,
  threadMetadata,
  updatedOf,
} from './message-metadata.ts';
import { byShape, type Redact, redacted } from './redact.ts';
import { uploadText } from './upload.ts';

export interface RunMessagesOptions extends SlackOptions {
  /** Name of this installation: another installation may use the same run id. */
  readonly instance: string;
  readonly viewOf: ViewOf;
  /** Redacts secrets in what is shown; by default, those recognizable by their shape. */
  readonly redact?: Redact;
}

/** Links in a message are not unfurled. */
const quiet = { unfurl_links: false, unfurl_media: false };

export function slackRunMessages(options: RunMessagesOptions): RunMessages {
  const web = slackWeb(options);
  const idOf = channelIds(web);
  const redact = options.redact ?? byShape;
  const shown = (run: Run) => redacted(runMessage(run, options.viewOf(run)), redact);
  const { isThere, nowThere } = lastUpdates();
  return {
    post: (run) =>
      withSlackErrors(`post ${run.id} in ${run.delivery.channel}`, async () => {
        const message = shown(run);
        const metadata = runMetadata(options.instance, run);
        const channel = run.delivery.channel;
        return postedOf(await orPlain(message, ({ text, blocks }) => web.chat.postMessage({ channel, text, blocks, metadata, ...quiet })));
      }),
    update: (run, { channel, ts }) =>
      withSlackErrors(`update ${run.id}`, async () => {
        const message = shown(run);
        // A run changes with each line of its logs, but its message does not: spend Slack's rate limit only on updates that change it.
        if (isThere(ts, message)) return;
        updatedOf(await orPlain(message, ({ text, blocks }) => web.chat.update({ channel, ts, text, blocks })));
        nowThere(ts, message);
      }),
    find: async (run) => searchHistory(web, await idOf(run.delivery.channel), options.instance, run),
    reply: (run, at, item, log) =>
      withSlackErrors(`reply to ${run.id} with ${item.key}`, async () => {
        // Its lines were redacted one by one when they were stored.
        if (log) return uploadText(web, { ...log, title: fileTitles(run, item)[0], channel: at.channel, thread: at.ts });
        const message = redacted(threadMessage(run, item, options.viewOf(run)), redact);
        const place = { channel: at.channel, thread_ts: at.ts, metadata: threadMetadata(run, item), ...quiet };
        postedOf(await orPlain(message, ({ text, blocks }) => web.chat.postMessage({ ...place, text, blocks })));
      }),
    tell: (notice) =>
      withSlackErrors(`tell ${notice.channel} of ${notice.repository}`, async () => {
        const message = redacted(noticeMessage(notice), redact);
        const place = { channel: notice.channel, metadata: noticeMetadata(options.instance, notice), ...quiet };
        postedOf(await orPlain(message, ({ text, blocks }) => web.chat.postMessage({ ...place, text, blocks })));
      }),
    hasTold: async (notice) => hasNotice(web, await idOf(notice.channel), options.instance, notice),
    hasReply: (run, at, item) => searchThread(web, at, { uid: run.uid, key: item.key, titles: fileTitles(run, item) }),
  };
}

const mostUpdates = 500;

/** Remembers the content of the latest updates of messages. */
function lastUpdates() {
  const lastText = new Map<string, string>();
  return {
    isThere: (ts: string, message: Message): boolean => lastText.get(ts) === JSON.stringify(message),
    nowThere(ts: string, message: Message): void {
      lastText.delete(ts);
      lastText.set(ts, JSON.stringify(message));
      const [oldest] = lastText.keys();
      if (lastText.size > mostUpdates && oldest !== undefined) lastText.delete(oldest);
    },
  };
}

/** A file carries no metadata: its title, which is unique in the run, identifies it. Titles used by older versions follow. */
function fileTitles(run: Run, { key }: ThreadPost): [title: string, ...older: string[]] {
  const [, name = key, attempt] = /^log-(.+?)(?:\.(\d+))?$/.exec(key) ?? [];
  return [`Log of ${name}${attempt ? `, attempt ${attempt}` : ''}, ${run.id}`, `${run.id} ${key}`];
}

function threadMessage(run: Run, item: ThreadPost, view: MessageView): Message {
  return item.kind === 'request' ? requestMessage(run, view) : causeMessage(run, failedOf(run, item), view);
}

function failedOf(run: Run, item: ThreadPost): Failed {
  const { github } = run.release ?? {};
  if (github && item.key.startsWith('cause-github.')) return { name: 'GitHub', ...(github.cause && { cause: github.cause }) };
  const stage = stageOf(run, item.stage);
  if (!stage) throw new Error(`${run.id} has no stage ${item.stage} to report`);
  return stage;
}
