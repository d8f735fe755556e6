import { createElement } from 'react';

/** Node does not run JSX, so elements are made by hand. */
export const h = createElement;

/** What stands chosen in the select, or typed in the field, that an event came from. */
export function valueIn(event: { readonly target: EventTarget }): string {
  const { target } = event;
  return target instanceof HTMLSelectElement || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    ? target.value
    : '';
}
