import { acceptBlocks } from './blocks.ts';
import { isObject } from './check.ts';
import { SlackError } from './errors.ts';
import type { Block, JsonObject } from './model.ts';
import type { State } from './state.ts';
import type { ResponseTarget } from './triggers.ts';
import { app } from './workspace.ts';

interface Content {
  readonly text: string;
  readonly blocks?: readonly Block[];
}

function contentOf(state: State, payload: JsonObject): Content {
  const blocks = payload.blocks === undefined ? undefined : acceptBlocks(payload.blocks, 50, () => state.newId('b'));
  const text = typeof payload.text === 'string' ? payload.text : '';
  if (text === '' && !blocks?.length) throw new SlackError('no_text');
  return { text, ...(blocks?.length ? { blocks } : {}) };
}

function removeOriginal(state: State, target: ResponseTarget): void {
  if (target.ephemeralId) state.hideEphemeral(target.ephemeralId);
  if (target.messageTs) state.remove(target.channel, target.messageTs);
}

function replaceOriginal(state: State, target: ResponseTarget, content: Content): boolean {
  const ephemeral = state.ephemerals().find((one) => one.id === target.ephemeralId);
  if (ephemeral) {
    const { blocks: _blocks, ...kept } = ephemeral;
    state.showEphemeral({ ...kept, ...content });
    return true;
  }
  const message = target.messageTs ? state.message(target.channel, target.messageTs) : undefined;
  if (!message) return false;
  const { blocks: _blocks, ...kept } = message;
  state.put({ ...kept, ...content, revision: message.revision + 1 });
  return true;
}

/** Shows the answer to a command or a press, from an acknowledgement or a response_url: ephemeral unless it says `in_channel`. */
export function respond(state: State, target: ResponseTarget, answer: unknown): void {
  const payload: JsonObject = typeof answer === 'string' ? { text: answer } : isObject(answer) ? answer : {};
  if (payload.delete_original === true || payload.delete_original === 'true') {
    removeOriginal(state, target);
    return;
  }
  const content = contentOf(state, payload);
  if (payload.replace_original === true && replaceOriginal(state, target, content)) return;
  const thread = typeof payload.thread_ts === 'string' ? payload.thread_ts : target.threadTs;
  const place = { channel: target.channel, ...content, ...(thread ? { thread_ts: thread } : {}) };
  if (payload.response_type === 'in_channel') {
    state.put({ ...place, ts: state.newTs(), user: app.botUser, bot_id: app.botId, revision: 1 });
  } else {
    state.showEphemeral({ ...place, id: state.newId('E'), ts: state.newTs(), user: target.user, from: app.botUser });
  }
}

/** Says whether an acknowledgement carries something to show. */
export const isAnswer = (payload: unknown): boolean =>
  (typeof payload === 'string' && payload !== '') || (isObject(payload) && (payload.text !== undefined || payload.blocks !== undefined));
