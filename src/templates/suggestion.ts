import { nearest } from '../core/text/nearest.ts';
import { shown } from './template-error.ts';

const mostNames = 20;

/** What an unknown name may have been meant to be, and some of the existing names. */
export function suggestion(name: string, names: readonly string[], written: (name: string) => string = shown): string {
  const [similar] = nearest(name, names, 1);
  const some = names.slice(0, mostNames).map(written).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${similar === undefined ? '' : `Did you mean ${written(similar)}? `}There are: ${some}${more}.`;
}
