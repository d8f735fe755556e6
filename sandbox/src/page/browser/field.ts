import type { ReactElement } from 'react';
import type { Block, JsonObject } from '../../slack/model.ts';
import { h, valueIn } from './h.ts';
import { optionsOf } from './menu.ts';
import { usePage } from './page-context.ts';

/** What a person put into an input block: a text or a chosen value, or several chosen values. */
export type Input = string | readonly string[];

const object = (value: unknown): JsonObject => (typeof value === 'object' && value !== null ? (value as JsonObject) : {});
const words = (text: unknown): string => String(object(text).text ?? '');
const optionValue = (option: unknown): string => String(object(option).value ?? '');

const several = (type: unknown): boolean => type === 'checkboxes' || type === 'multi_static_select';

/** What an input holds before anybody touches it. */
export function initialInput(block: Block): Input {
  const element = object(block.element);
  if (several(element.type)) return Array.isArray(element.initial_options) ? element.initial_options.map(optionValue) : [];
  if (element.initial_option) return optionValue(element.initial_option);
  return String(element.initial_value ?? element.initial_user ?? element.initial_date ?? element.initial_channel ?? '');
}

interface Properties {
  readonly block: Block;
  readonly value: Input;
  readonly error: string | undefined;
  readonly onChange: (value: Input) => void;
}

function Choices({ block, value, onChange }: Properties): ReactElement {
  const element = object(block.element);
  const many = several(element.type);
  const chosen = typeof value === 'string' ? [value] : value;
  const toggle = (one: string, on: boolean) => onChange(many ? [...chosen.filter((other) => other !== one), ...(on ? [one] : [])] : one);
  return h(
    'div',
    { role: many ? 'group' : 'radiogroup', 'aria-label': words(block.label) },
    optionsOf(element).map((one) =>
      h(
        'label',
        { key: one.value, className: 'choice' },
        h('input', {
          type: many ? 'checkbox' : 'radio',
          name: block.block_id ?? '',
          checked: chosen.includes(one.value),
          onChange: (event) => toggle(one.value, event.target.checked),
        }),
        one.label,
      ),
    ),
  );
}

function Chooser({ block, value, onChange }: Properties): ReactElement {
  const { state } = usePage();
  const element = object(block.element);
  const people = state.users.filter((one) => !one.isBot).map((one) => ({ value: one.id, label: one.realName }));
  const channels = state.channels.filter((one) => one.kind !== 'im').map((one) => ({ value: one.id, label: `#${one.name}` }));
  const options = element.type === 'users_select' ? people : element.type === 'static_select' ? optionsOf(element) : channels;
  return h(
    'select',
    { value: typeof value === 'string' ? value : '', 'aria-label': words(block.label), onChange: (event) => onChange(valueIn(event)) },
    h('option', { value: '' }, words(element.placeholder) || 'Choose…'),
    options.map((one) => h('option', { key: one.value, value: one.value }, one.label)),
  );
}

const inputTypes: { readonly [type: string]: string } = {
  datepicker: 'date',
  timepicker: 'time',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
};

function Control(properties: Properties): ReactElement {
  const { block, value, onChange } = properties;
  const element = object(block.element);
  const type = String(element.type);
  if (type === 'checkboxes' || type === 'radio_buttons' || type === 'multi_static_select') return h(Choices, properties);
  if (type.endsWith('_select')) return h(Chooser, properties);
  const common = {
    value: typeof value === 'string' ? value : '',
    placeholder: words(element.placeholder),
    'aria-label': words(block.label),
    onChange: (event: { target: EventTarget }) => onChange(valueIn(event)),
  };
  return element.multiline === true ? h('textarea', { ...common, rows: 4 }) : h('input', { ...common, type: inputTypes[type] ?? 'text' });
}

/** An input block of a modal: label, control, hint, and what the app refused. */
export function Field(properties: Properties): ReactElement {
  const { block, error } = properties;
  return h(
    'div',
    { className: 'field', 'data-testid': 'field' },
    h(
      'span',
      { className: 'field-label' },
      words(block.label),
      block.optional === true ? h('span', { className: 'faint' }, ' (optional)') : null,
    ),
    h(Control, properties),
    block.hint ? h('span', { className: 'faint' }, words(block.hint)) : null,
    error ? h('span', { className: 'trouble', role: 'alert' }, `⚠ ${error}`) : null,
  );
}
