import { callTimeout, type WebClient } from './web.ts';

/** Shares a text as a file in a thread. https://docs.slack.dev/messaging/working-with-files#upload */
export async function uploadText(
  web: WebClient,
  file: { name: string; title: string; text: string; channel: string; thread: string },
): Promise<void> {
  const bytes = Buffer.from(file.text === '' ? '(empty)\n' : file.text);
  const { upload_url: url, file_id: id } = await web.files.getUploadURLExternal({ filename: file.name, length: bytes.length });
  if (!url || !id) throw new Error(`Slack gave no address to upload ${file.name} to`);
  const sent = await web.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    signal: AbortSignal.timeout(6 * callTimeout),
  });
  if (!sent.ok) throw new Error(`uploading ${file.name} was answered with HTTP ${sent.status}`);
  await web.files.completeUploadExternal({ files: [{ id, title: file.title }], channel_id: file.channel, thread_ts: file.thread });
}
