import type { PageState } from '../types.ts';

/** Something that could complete what a person types; `completed` is the text that it makes. */
export interface Suggestion {
  readonly kind: 'command' | 'mention';
  readonly label: string;
  readonly detail: string;
  readonly completed: string;
}

/** Slash commands at the start of a message, people after `@`, channels after `#`. */
export function suggestionsFor(state: PageState, text: string, inThread: boolean): Suggestion[] {
  if (/^\/\S*$/.test(text)) {
    if (inThread) return [];
    return state.commands
      .filter((one) => one.command.startsWith(text))
      .map((one) => ({
        kind: 'command',
        label: `${one.command} ${one.usage_hint ?? ''}`,
        detail: one.description,
        completed: `${one.command} `,
      }));
  }
  const started = /(^|\s)([@#])([\w.-]*)$/.exec(text);
  if (!started) return [];
  const [, , sign, name = ''] = started;
  const before = text.slice(0, text.length - name.length);
  const names =
    sign === '@'
      ? state.users.map((one) => ({ name: one.name, detail: one.isBot ? 'the app' : one.realName }))
      : state.channels.filter((one) => one.kind !== 'im').map((one) => ({ name: one.name, detail: one.topic ?? '' }));
  return names
    .filter((one) => one.name.startsWith(name.toLowerCase()) && one.name !== name)
    .map((one) => ({ kind: 'mention', label: `${sign}${one.name}`, detail: one.detail, completed: `${before}${one.name} ` }));
}
