import type { ReactElement } from 'react';
import { h } from './h.ts';

/** A link to a page of its own, such as that of the stand-in for GitHub. */
export function OutLink({ label, url }: { readonly label: string; readonly url: string }): ReactElement {
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', 'data-testid': 'out-link' }, `${label} ↗`);
}
