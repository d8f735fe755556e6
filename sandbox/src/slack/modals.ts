import { isObject } from './check.ts';
import { SlackError } from './errors.ts';
import { acceptView, replaceModal } from './methods/views.ts';
import type { JsonObject, User, View } from './model.ts';
import { elementsOf } from './pressing.ts';
import type { State } from './state.ts';
import type { ToApp } from './to-app.ts';
import type { Done } from './typing.ts';

/** What a person put into a modal, by block id or action id: a text, or the values of the chosen options. */
export type Inputs = { readonly [blockOrAction: string]: string | readonly string[] };

function optionsOf(element: JsonObject, values: readonly string[]): JsonObject[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [element];
  const options = groups.filter(isObject).flatMap((group) => (Array.isArray(group.options) ? group.options : []));
  return options.filter((one: unknown): one is JsonObject => isObject(one) && values.includes(String(one.value)));
}

/** One element's state as Slack sends it: which key holds the value depends on the element's type. */
function stateOf(element: JsonObject, input: string | readonly string[] | undefined): JsonObject {
  const type = String(element.type);
  const values = input === undefined ? [] : typeof input === 'string' ? [input] : input;
  const first = values[0] ?? null;
  if (type === 'checkboxes' || type === 'multi_static_select') {
    const chosen = input === undefined && Array.isArray(element.initial_options) ? element.initial_options : optionsOf(element, values);
    return { type, selected_options: chosen };
  }
  if (type === 'static_select' || type === 'radio_buttons') {
    const chosen = input === undefined ? element.initial_option : optionsOf(element, values)[0];
    return { type, selected_option: chosen ?? null };
  }
  if (type === 'users_select') return { type, selected_user: first ?? element.initial_user ?? null };
  if (type === 'channels_select') return { type, selected_channel: first ?? element.initial_channel ?? null };
  if (type === 'conversations_select') return { type, selected_conversation: first ?? element.initial_conversation ?? null };
  if (type === 'datepicker') return { type, selected_date: first ?? element.initial_date ?? null };
  if (type === 'timepicker') return { type, selected_time: first ?? element.initial_time ?? null };
  return { type, value: (first === '' ? null : first) ?? element.initial_value ?? null };
}

const isEmpty = (state: JsonObject): boolean =>
  Object.entries(state).every(([key, value]) => key === 'type' || value === null || (Array.isArray(value) && value.length === 0));

/** The state of a view's inputs, and the required ones that are empty. */
function stateOfView(view: View, inputs: Inputs): { values: JsonObject; missing: string[] } {
  const values: { [block: string]: { [action: string]: JsonObject } } = {};
  const missing: string[] = [];
  for (const { block, element } of elementsOf(view.blocks)) {
    if (block.type !== 'input') continue;
    const blockId = block.block_id ?? '';
    const actionId = String(element.action_id);
    const one = stateOf(element, inputs[blockId] ?? inputs[actionId]);
    values[blockId] = { [actionId]: one };
    if (block.optional !== true && isEmpty(one)) missing.push(blockId);
  }
  return { values, missing };
}

function showErrors(state: State, view: View, errors: { [blockId: string]: string }): Done {
  replaceModal(state, { ...view, errors });
  return { ok: false, error: 'errors' };
}

function afterSubmission(state: State, view: View, payload: unknown): Done {
  const answer = isObject(payload) ? payload : {};
  const stack = state.modals.get(view.user) ?? [];
  switch (answer.response_action) {
    case 'errors':
      return showErrors(
        state,
        view,
        Object.fromEntries(Object.entries(isObject(answer.errors) ? answer.errors : {}).map(([id, text]) => [id, String(text)])),
      );
    case 'update':
      replaceModal(state, acceptView(state, answer.view, 'modal', view.user, view.id));
      return { ok: true };
    case 'push':
      state.setModals(view.user, [...stack, acceptView(state, answer.view, 'modal', view.user)]);
      return { ok: true };
    case 'clear':
      state.setModals(view.user, []);
      return { ok: true };
    default:
      state.setModals(
        view.user,
        stack.filter((one) => one.id !== view.id),
      );
      return { ok: true };
  }
}

const trouble = 'We had some trouble connecting. Try again?';

/** A person submits the modal on top; required fields are checked first, as Slack's own client does. */
export async function submitView(state: State, toApp: ToApp, user: User, inputs: Inputs): Promise<Done> {
  const view = state.modals.get(user.id)?.at(-1);
  if (!view) return { ok: false, error: 'not_found' };
  const { values, missing } = stateOfView(view, inputs);
  if (missing.length > 0)
    return showErrors(state, view, Object.fromEntries(missing.map((id) => [id, 'Please complete this required field.'])));
  const ack = await toApp.viewSubmission(user, view, values);
  if (ack.kind !== 'acked') {
    replaceModal(state, { ...view, trouble });
    return { ok: false, error: ack.kind };
  }
  try {
    return afterSubmission(state, view, ack.payload);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    replaceModal(state, { ...view, trouble });
    return { ok: false, error: error.error };
  }
}

/** A person closes the modal on top; the app hears of it where it asked for `notify_on_close`. */
export async function closeView(state: State, toApp: ToApp, user: User): Promise<Done> {
  const stack = state.modals.get(user.id) ?? [];
  const view = stack.at(-1);
  if (!view) return { ok: false, error: 'not_found' };
  state.setModals(user.id, stack.slice(0, -1));
  if (view.notify_on_close) await toApp.viewClosed(user, view);
  return { ok: true };
}
