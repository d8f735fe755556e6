import { byInstant } from '../time/instant.ts';
import type { Run } from './run.ts';

/** The parts of a run id: `runner-142` → runner, 142. Undefined if the text is no such id. */
export function idParts(id: string): { readonly short: string; readonly number: number } | undefined {
  const found = /^(?<short>.+)-(?<number>[1-9]\d*)$/.exec(id)?.groups;
  return found?.short && found.number ? { short: found.short, number: Number(found.number) } : undefined;
}

/** 142 for `runner-142`; 0 for a text that is no id. */
export function numberOf(id: string): number {
  return idParts(id)?.number ?? 0;
}

/** Oldest first; at the same instant, the smaller number first. No two runs compare as equal. */
export function byAge(a: Run, b: Run): number {
  return byInstant(a.createdAt, b.createdAt) || numberOf(a.id) - numberOf(b.id) || (a.id < b.id ? -1 : Number(a.id !== b.id));
}
