import { acceptBlocks } from '../blocks.ts';
import { Check, isObject } from '../check.ts';
import { invalidArguments, SlackError } from '../errors.ts';
import { type Args, type Method, needed, text } from '../method.ts';
import type { JsonObject, View } from '../model.ts';
import { viewShape } from '../shapes.ts';
import type { State } from '../state.ts';

const mostBlocks = 100;
const mostBytes = 250 * 1024;

function viewProblems(view: JsonObject, type: View['type']): string[] {
  const check = new Check();
  if (view.type !== type) check.fail(`unsupported type: ${String(view.type)}`, '/view/type');
  if (type === 'modal') {
    check.text(view, 'title', '/view', { max: 24, plain: true, required: true });
    check.text(view, 'submit', '/view', { max: 24, plain: true });
    check.text(view, 'close', '/view', { max: 24, plain: true });
    const inputs = Array.isArray(view.blocks) && view.blocks.some((block) => isObject(block) && block.type === 'input');
    if (inputs && view.submit === undefined) check.fail('missing required field: submit', '/view');
  }
  check.string(view, 'callback_id', '/view', 255);
  check.string(view, 'external_id', '/view', 255);
  check.string(view, 'private_metadata', '/view', 3000);
  return check.problems;
}

/** Checks a view payload as Slack does and gives what is stored of it. */
export function acceptView(state: State, payload: unknown, type: View['type'], user: string, id?: string): View {
  if (!isObject(payload)) throw invalidArguments('failed to match all allowed schemas [json-pointer:/view]');
  if (JSON.stringify(payload).length > mostBytes) throw new SlackError('view_too_large');
  const problems = viewProblems(payload, type);
  if (problems.length > 0) throw invalidArguments(...problems);
  const blocks = acceptBlocks(payload.blocks, mostBlocks, () => state.newId('b'));
  const part = (key: 'title' | 'submit' | 'close') => (isObject(payload[key]) ? { [key]: payload[key] } : {});
  return {
    id: id ?? state.newId('V'),
    type,
    user,
    hash: `${Date.now()}.${state.newId('h')}`,
    callback_id: String(payload.callback_id ?? ''),
    private_metadata: String(payload.private_metadata ?? ''),
    external_id: String(payload.external_id ?? ''),
    notify_on_close: payload.notify_on_close === true,
    blocks,
    ...part('title'),
    ...part('submit'),
    ...part('close'),
  };
}

const open: Method = {
  name: 'views.open',
  token: 'bot',
  tier: 'T4',
  run(context, args) {
    const user = context.triggers.spendTrigger(text(args, 'trigger_id') ?? text(args, 'interactivity_pointer'));
    const view = acceptView(context.state, args.view, 'modal', user);
    if (view.external_id && context.state.modal(view.external_id)) throw new SlackError('duplicate_external_id');
    context.state.setModals(user, [view]);
    return { view: viewShape(view) };
  },
};

function checkHash(args: Args, view: View | undefined): void {
  const hash = text(args, 'hash');
  if (hash && view && hash !== view.hash) throw new SlackError('hash_conflict');
}

/** Puts a modal in the place of the one with the same id. */
export function replaceModal(state: State, view: View): void {
  const stack = state.modals.get(view.user) ?? [];
  state.setModals(
    view.user,
    stack.map((one) => (one.id === view.id ? view : one)),
  );
}

const publish: Method = {
  name: 'views.publish',
  token: 'bot',
  tier: 'T4',
  run(context, args) {
    const user = needed(args, 'user_id');
    if (!context.state.users.has(user)) throw invalidArguments('invalid user_id [json-pointer:/user_id]');
    const old = context.state.homes.get(user);
    checkHash(args, old);
    const view = acceptView(context.state, args.view, 'home', user, old?.id);
    context.state.setHome(view);
    return { view: viewShape(view) };
  },
};

export const viewMethods: readonly Method[] = [open, publish];
