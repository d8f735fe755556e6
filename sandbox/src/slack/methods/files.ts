import { isObject } from '../check.ts';
import { invalidArguments, SlackError } from '../errors.ts';
import { type Args, type Context, findChannel, type Method, needed, text } from '../method.ts';
import type { FileInfo, JsonObject } from '../model.ts';
import { fileShape } from '../shapes.ts';
import { app } from '../workspace.ts';
import { blocksOf, threadOf } from './posting.ts';

const mimeTypes: { readonly [extension: string]: string } = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  yaml: 'text/yaml',
  yml: 'text/yaml',
  gz: 'application/gzip',
  png: 'image/png',
  svg: 'image/svg+xml',
};

const mimeOf = (name: string): string => mimeTypes[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';

const getUploadUrl: Method = {
  name: 'files.getUploadURLExternal',
  token: 'bot',
  scopes: ['files:write'],
  tier: 'T4',
  run(context, args) {
    const name = needed(args, 'filename');
    const length = Number(needed(args, 'length'));
    if (!Number.isInteger(length) || length <= 0) throw invalidArguments('must be greater than 0 [json-pointer:/length]');
    const id = context.state.newId('F');
    const info = { id, name, title: name, mimetype: mimeOf(name), size: length, user: app.botUser, created: Date.now() };
    context.state.files.set(id, { info, content: Buffer.alloc(0) });
    return { upload_url: `${context.origin}/upload/${id}`, file_id: id };
  },
};

/** The uploaded files that a call names; refuses an unknown id and one whose bytes never came. */
function uploaded(context: Context, args: Args): FileInfo[] {
  const list = args.files;
  if (!Array.isArray(list) || list.length === 0) throw invalidArguments('missing required field: files');
  return list.map((one: unknown) => {
    const file = isObject(one) ? context.state.files.get(String(one.id)) : undefined;
    if (!isObject(one) || !file) throw new SlackError('file_not_found');
    if (file.content.length === 0) throw new SlackError('file_not_found');
    const info = { ...file.info, title: text(one, 'title') ?? file.info.name };
    context.state.files.set(info.id, { ...file, info });
    return info;
  });
}

function share(context: Context, args: Args, channelId: string, files: readonly FileInfo[]): void {
  const channel = findChannel(context, { channel: channelId });
  if (!channel.members.includes(app.botUser)) throw new SlackError('not_in_channel');
  const thread = threadOf(context.state, channel, args);
  const blocks = blocksOf(context, args);
  context.state.put({
    channel: channel.id,
    ts: context.state.newTs(),
    user: app.botUser,
    bot_id: app.botId,
    text: text(args, 'initial_comment') ?? '',
    ...(blocks ? { blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
    files,
    revision: 1,
  });
}

const completeUpload: Method = {
  name: 'files.completeUploadExternal',
  token: 'bot',
  scopes: ['files:write'],
  tier: 'T4',
  run(context, args): JsonObject {
    const files = uploaded(context, args);
    const channel = text(args, 'channel_id') ?? text(args, 'channels')?.split(',')[0];
    if (channel) share(context, args, channel, files);
    return { files: files.map((file) => fileShape(file, context.origin)) };
  },
};

export const fileMethods: readonly Method[] = [getUploadUrl, completeUpload];
