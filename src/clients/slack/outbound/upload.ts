import { Refused } from '../../../core/chat.ts';
import { mayGo } from '../../../core/git/credential.ts';
import { fileName } from '../../../core/text/fields.ts';
import { shapes, whole } from '../answers.ts';
import { callTimeout, type WebClient } from '../web.ts';

/** Shares a text as a file in a thread. https://docs.slack.dev/messaging/working-with-files#upload */
export async function uploadText(
  web: WebClient,
  file: { name: string; title: string; text: string; channel: string; thread: string },
): Promise<void> {
  const bytes = Buffer.from(file.text === '' ? '(empty)\n' : file.text);
  const asked = await web.files.getUploadURLExternal({ filename: fileName(file.name), length: bytes.length });
  const { upload_url: url, file_id: id } = whole(shapes.upload, asked, `where to upload ${file.name}`);
  if (!mayGo(new URL(url), new URL(web.slackApiUrl), ({ protocol }) => protocol === 'https:'))
    throw new Error(`Slack returned ${new URL(url).origin} to upload ${file.name} to, which is not https`);
  const sent = await web.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    signal: AbortSignal.timeout(6 * callTimeout),
  });
  if (!sent.ok) {
    const message = `uploading ${file.name} was answered with HTTP ${sent.status}`;
    const isPassing = sent.status >= 500 || sent.status === 408 || sent.status === 409 || sent.status === 429;
    throw isPassing ? new Error(message) : new Refused(`HTTP ${sent.status}`, message);
  }
  const files: [{ id: string; title: string }] = [{ id, title: file.title }];
  const shared = await web.files.completeUploadExternal({ files, channel_id: file.channel, thread_ts: file.thread });
  whole(shapes.done, shared, `sharing ${file.name}`);
}
