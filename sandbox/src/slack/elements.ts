import { type Check, isObject } from './check.ts';
import type { JsonObject } from './model.ts';

type Rule = (check: Check, element: JsonObject, pointer: string) => void;

function checkConfirm(check: Check, element: JsonObject, pointer: string): void {
  const confirm = element.confirm;
  if (confirm === undefined) return;
  const at = `${pointer}/confirm`;
  if (!isObject(confirm)) {
    check.fail('must provide an object', at);
    return;
  }
  check.text(confirm, 'title', at, { max: 100, plain: true, required: true });
  check.text(confirm, 'text', at, { max: 300, required: true });
  check.text(confirm, 'confirm', at, { max: 30, plain: true, required: true });
  check.text(confirm, 'deny', at, { max: 30, plain: true, required: true });
}

const checkOptions =
  (least: number, most: number, plain: boolean): Rule =>
  (check, element, pointer) => {
    if (Array.isArray(element.option_groups)) {
      for (const [group, at] of check.items(element, 'option_groups', pointer, [1, 100])) {
        check.text(group, 'label', at, { max: 75, plain: true, required: true });
        checkOptions(1, 100, plain)(check, group, at);
      }
      return;
    }
    for (const [option, at] of check.items(element, 'options', pointer, [least, most])) {
      check.text(option, 'text', at, { max: 75, plain, required: true });
      check.string(option, 'value', at, 150, true);
      check.text(option, 'description', at, { max: 75, plain });
    }
  };

const checkPlaceholder: Rule = (check, element, pointer) => check.text(element, 'placeholder', pointer, { max: 150, plain: true });

const checkButton: Rule = (check, element, pointer) => {
  check.text(element, 'text', pointer, { max: 75, plain: true, required: true });
  check.string(element, 'value', pointer, 2000);
  check.string(element, 'url', pointer, 3000);
  check.string(element, 'accessibility_label', pointer, 75);
  check.oneOf(element, 'style', pointer, ['primary', 'danger']);
};

const checkImage: Rule = (check, element, pointer) => {
  if (element.slack_file === undefined) check.string(element, 'image_url', pointer, 3000, true);
  check.string(element, 'alt_text', pointer, 2000, true);
};

const checkTextInput: Rule = (check, element, pointer) => {
  checkPlaceholder(check, element, pointer);
  check.string(element, 'initial_value', pointer, 3000);
  if (Number(element.max_length ?? 1) > 3000) check.fail('must be less than 3001', `${pointer}/max_length`);
};

/** The elements that may stand in an actions block or beside a section, and what each must hold. */
const interactive: { readonly [type: string]: Rule } = {
  button: checkButton,
  workflow_button: checkButton,
  overflow: checkOptions(1, 5, true),
  static_select: (check, element, pointer) => {
    checkPlaceholder(check, element, pointer);
    checkOptions(1, 100, true)(check, element, pointer);
  },
  multi_static_select: (check, element, pointer) => {
    checkPlaceholder(check, element, pointer);
    checkOptions(1, 100, true)(check, element, pointer);
  },
  checkboxes: checkOptions(1, 10, false),
  radio_buttons: checkOptions(1, 10, false),
  users_select: checkPlaceholder,
  multi_users_select: checkPlaceholder,
  channels_select: checkPlaceholder,
  conversations_select: checkPlaceholder,
  datepicker: checkPlaceholder,
  timepicker: checkPlaceholder,
  datetimepicker: () => {},
};

const inputs: { readonly [type: string]: Rule } = {
  ...interactive,
  plain_text_input: checkTextInput,
  email_text_input: checkTextInput,
  url_text_input: checkTextInput,
  number_input: checkPlaceholder,
  rich_text_input: checkPlaceholder,
  file_input: () => {},
};

const places = { actions: interactive, accessory: { ...interactive, image: checkImage }, input: inputs };

/** Checks one block element by the place where it stands. */
export function checkElement(check: Check, element: JsonObject, pointer: string, place: keyof typeof places): void {
  const type = String(element.type);
  const rules: { readonly [type: string]: Rule } = places[place];
  const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
  if (!rule) {
    check.fail(`unsupported type: ${type}`, `${pointer}/type`);
    return;
  }
  check.string(element, 'action_id', pointer, 255);
  checkConfirm(check, element, pointer);
  rule(check, element, pointer);
}

export { checkImage };
