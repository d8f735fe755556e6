import { wordsOf } from '../../core/text/page-text.ts';
import { plainLine } from '../../core/text/plain-line.ts';

/** One of the errors in a registry's response; each part is absent if it is not text. */
export interface RegistryErrorEntry {
  readonly code?: string;
  readonly message?: string;
}

/** The errors that a registry lists (distribution specification, "Error Codes"); undefined if the text is no JSON object. */
export function registryErrors(text: string): RegistryErrorEntry[] | undefined {
  const found = objectIn(text);
  if (!found) return undefined;
  const { errors } = found;
  // Artifactory and Nexus put a single message beside it, without a list.
  if (!Array.isArray(errors)) return [entryOf(found)];
  return errors.map(entryOf);
}

/** What a registry, or a proxy in front of it, said about a failed request; undefined if it said nothing that a person could read. */
export function saidByRegistry(text: string): string | undefined {
  const errors = registryErrors(text);
  if (!errors) return wordsOf(text, 200) || undefined;
  const said = errors.map(({ code, message }) => [code, message].filter(Boolean).join(': '));
  return plainLine(said.filter(Boolean).join('; '), 200) || undefined;
}

/** A status with what was said about it; titles of pages often begin with the status. */
export function statusWith(status: number, words: string | undefined): string {
  return words?.startsWith(String(status)) ? words : [String(status), words].filter(Boolean).join(', ');
}

function entryOf(error: unknown): RegistryErrorEntry {
  const { code, message } = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  return { ...(typeof code === 'string' && { code }), ...(typeof message === 'string' && { message }) };
}

/** The JSON object that a text is; undefined if it is none. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
