import { nearest } from '../core/text/nearest.ts';
import { shown } from './template-error.ts';

const mostNames = 20;

/** What somebody who wrote a name that is not there may have meant, and some of the names that are there. */
export function suggestion(name: string, names: readonly string[], written: (name: string) => string = shown): string {
  const [similar] = nearest(name, names, 1);
  const some = names.slice(0, mostNames).map(written).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${similar === undefined ? '' : `Did you mean ${written(similar)}? `}There are: ${some}${more}.`;
}
