import type { ReactElement } from 'react';
import type { JsonObject } from '../../slack/model.ts';
import { h, valueIn } from './h.ts';
import { useNames } from './names.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

const label = (text: unknown): string => (typeof text === 'object' && text !== null && 'text' in text ? String(text.text) : '');

/** The options of a menu, groups laid flat. */
export function optionsOf(element: JsonObject): Option[] {
  const groups: unknown[] = Array.isArray(element.option_groups) ? element.option_groups : [element];
  return groups.flatMap((group): Option[] => {
    const options = typeof group === 'object' && group !== null && 'options' in group && Array.isArray(group.options) ? group.options : [];
    return options.map((one: JsonObject) => ({ value: String(one.value), label: label(one.text) }));
  });
}

/** A menu in a message or a Home tab, as the browser's own select; choosing is pressing. */
export function Menu({ element, onChoose }: { element: JsonObject; onChoose: (value: string) => void }): ReactElement {
  const { users } = useNames();
  const people = users.map((user) => ({ value: user.id, label: user.realName }));
  const options = element.type === 'users_select' ? people : optionsOf(element);
  const hint = label(element.placeholder) || (element.type === 'overflow' ? 'More…' : 'Choose…');
  return h(
    'select',
    { className: 'menu', 'aria-label': hint, value: '', onChange: (event) => onChoose(valueIn(event)) },
    h('option', { value: '', disabled: true }, hint),
    options.map((one) => h('option', { key: one.value, value: one.value }, one.label)),
  );
}
