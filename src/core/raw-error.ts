import { causesOf, failureIn } from './connection-failure.ts';
import { inQuotes } from './text/quoted.ts';

/** Classes of errors that JavaScript itself throws: the message names code, not what a person could change. */
const ofJavaScript = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'EvalError', 'URIError']);

/** Words for an error that Node, undici, OpenSSL or JavaScript has thrown; undefined if its own message was written for people. */
export function plainWordsOf(error: Error): string | undefined {
  for (const one of causesOf(error)) {
    const words = wordsFor(one);
    if (words !== undefined) return words;
    // What a library has wrapped was written by us.
    if (one !== error && 'retry' in one) return one.message;
    if (!isWrapper(one)) break;
  }
  const { name, code } = nameOf(error);
  if (error instanceof AggregateError && error.message === '') return severalWords(error);
  if (ofJavaScript.has(name)) return `an unexpected error in coxswain itself (${code || name}), which is a bug: please report it`;
  return error.message.trim() === '' ? `an error without a message (${code || name})` : undefined;
}

/** The errors of fetch, and of Slack's library around them, say nothing themselves; the cause does. */
function isWrapper({ message }: Error): boolean {
  return /^(fetch failed|terminated|Failed to parse URL from .*|A request error occurred: .*|)$/s.test(message);
}

function wordsFor(error: Error): string | undefined {
  const { name, code } = nameOf(error);
  // Libraries give these messages to errors of their own.
  if (name === 'TimeoutError' || error.message === 'The operation was aborted due to timeout') return 'there was no answer in time';
  if (name === 'AbortError' || error.message === 'This operation was aborted') return 'it was stopped before it ended';
  if (code === 'ERR_INVALID_URL') return `${inputOf(error)} is not a valid URL`;
  if (/^Z_[A-Z_]+$/.test(code) || code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return `the data is damaged or was cut off, so it cannot be decoded (${code})`;
  if (name === 'SyntaxError' && /\bJSON\b/.test(error.message)) return 'it is not JSON, or was cut off';
  // A file's error names its path, which is what a person needs.
  if ('path' in error && typeof error.path === 'string') return undefined;
  const failure = isRaw(error, code) ? failureIn(error) : undefined;
  return failure && `${hostIn(error) ?? 'the server'} ${failure.words}`;
}

/** Our own errors have a code and a cause, too, but words of their own. */
function isRaw(error: Error, code: string): boolean {
  return error instanceof AggregateError || (code !== '' && !('retry' in error));
}

function severalWords({ errors }: AggregateError): string {
  const each = errors.map((one: unknown) => (one instanceof Error ? (plainWordsOf(one) ?? one.message) : String(one)));
  return each.filter(Boolean).join('; ') || 'several errors without a message';
}

function nameOf(error: Error): { readonly name: string; readonly code: string } {
  return { name: error.name || 'Error', code: 'code' in error && typeof error.code === 'string' ? error.code : '' };
}

function inputOf(error: Error): string {
  return 'input' in error && typeof error.input === 'string' ? inQuotes(error.input, 200) : 'An address';
}

/** The name or address that a system error refers to. */
function hostIn(error: Error): string | undefined {
  const { hostname, address, port } = error as { hostname?: unknown; address?: unknown; port?: unknown };
  const host = [hostname, address].find((one) => typeof one === 'string' && one !== '');
  return host === undefined ? undefined : `${host}${typeof port === 'number' ? `:${port}` : ''}`;
}
