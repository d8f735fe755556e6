import { isObject } from './check.ts';
import { SlackError } from './errors.ts';
import type { Block, Ephemeral, JsonObject, Message, User, View } from './model.ts';
import { isAnswer, respond } from './respond.ts';
import { messageShape, viewShape } from './shapes.ts';
import type { State } from './state.ts';
import type { ToApp } from './to-app.ts';
import type { ResponseTarget } from './triggers.ts';
import type { Done } from './typing.ts';

/** What a person presses: the place (a message's or an ephemeral message's `ts`, or a view's id) and the element in it. */
export interface Press {
  readonly ts?: string;
  readonly view?: string;
  /** The element's action_id, its value, or the words on it. */
  readonly action: string;
  readonly block?: string;
  /** The value of the chosen option, for menus. */
  readonly option?: string;
}

interface Found {
  readonly block: Block;
  readonly element: JsonObject;
}

const labelOf = (element: JsonObject): unknown => (isObject(element.text) ? element.text.text : undefined);

/** The interactive elements of blocks, each with its block. */
export function elementsOf(blocks: readonly Block[] = []): Found[] {
  return blocks.flatMap((block) => {
    const elements = Array.isArray(block.elements) && block.type === 'actions' ? block.elements : [];
    return [...elements, block.accessory, block.element].filter(isObject).map((element) => ({ block, element }));
  });
}

function findElement(blocks: readonly Block[] | undefined, press: Press): Found | undefined {
  const all = elementsOf(blocks).filter(({ block }) => press.block === undefined || block.block_id === press.block);
  const by = (key: (element: JsonObject) => unknown) => all.find(({ element }) => key(element) === press.action);
  return by((one) => one.action_id) ?? by((one) => one.value) ?? by(labelOf);
}

function optionOf(element: JsonObject, value: string | undefined): JsonObject {
  if (value === undefined) return {};
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [element];
  const options = groups.filter(isObject).flatMap((group) => (Array.isArray(group.options) ? group.options : []));
  const option = options.find((one: unknown) => isObject(one) && one.value === value);
  return option ? { selected_option: option } : { selected_user: value };
}

function actionOf({ block, element }: Found, press: Press): JsonObject {
  const { placeholder: _p, options: _o, option_groups: _g, confirm: _c, url: _u, accessibility_label: _a, ...kept } = element;
  return { ...kept, block_id: block.block_id, ...optionOf(element, press.option) };
}

function ofMessage(state: State, message: Message, origin: string): [JsonObject, ResponseTarget] {
  const channel = { id: message.channel, name: state.channels.get(message.channel)?.name };
  const container = { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: false };
  const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {};
  const where = {
    container: { ...container, ...thread },
    channel,
    message: messageShape(state, message, true, origin),
    state: { values: {} },
  };
  return [
    where,
    { channel: message.channel, user: '', messageTs: message.ts, ...(message.thread_ts ? { threadTs: message.thread_ts } : {}) },
  ];
}

function ofEphemeral(state: State, ephemeral: Ephemeral): [JsonObject, ResponseTarget] {
  const channel = { id: ephemeral.channel, name: state.channels.get(ephemeral.channel)?.name };
  const container = { type: 'message', message_ts: ephemeral.ts, channel_id: ephemeral.channel, is_ephemeral: true };
  return [
    { container, channel, state: { values: {} } },
    { channel: ephemeral.channel, user: '', ephemeralId: ephemeral.id },
  ];
}

function placeOf(state: State, user: User, press: Press): Message | Ephemeral | View | undefined {
  if (press.view) return state.modal(press.view) ?? [...state.homes.values()].find((one) => one.id === press.view);
  const ephemeral = state.ephemerals().find((one) => one.ts === press.ts && one.user === user.id);
  return ephemeral ?? [...state.channels.keys()].map((id) => state.message(id, press.ts ?? '')).find((one) => one !== undefined);
}

/** A person presses a button or chooses from a menu; where the app does not answer in three seconds, a warning stands beside it. */
export async function press(state: State, toApp: ToApp, origin: string, user: User, wanted: Press): Promise<Done> {
  const place = placeOf(state, user, wanted);
  if (!place) return { ok: false, error: 'message_not_found' };
  const found = findElement(place.blocks, wanted);
  if (!found) return { ok: false, error: 'no_such_action' };
  const isView = 'hash' in place;
  const [where, target] = isView
    ? [{ container: { type: 'view', view_id: place.id }, view: viewShape(place) }, undefined]
    : 'revision' in place
      ? ofMessage(state, place, origin)
      : ofEphemeral(state, place);
  const own = target ? { ...target, user: user.id } : undefined;
  const ack = await toApp.action(user, actionOf(found, wanted), where, own);
  if (ack.kind === 'acked') {
    if (!isView) state.unwarn(place.channel, place.ts, user.id);
    return answered(state, own, ack.payload);
  }
  const text = `The app did not answer this button in time (${ack.kind}).`;
  if (!isView) state.warn({ channel: place.channel, ts: place.ts, user: user.id, text });
  return { ok: false, error: ack.kind };
}

function answered(state: State, target: ResponseTarget | undefined, payload: unknown): Done {
  if (!target || !isAnswer(payload)) return { ok: true };
  try {
    respond(state, target, payload);
    return { ok: true };
  } catch (error) {
    if (error instanceof SlackError) return { ok: false, error: error.error };
    throw error;
  }
}
