import { redacted } from './known.ts';

/** A value: in escaped quotes, in double quotes, in single quotes, or unquoted up to white space. */
const value = String.raw`\\"(?:[^"\\]|\\[^"\\])*|"(?:[^"\\]|\\.)*|'[^']*|[^\s"'\\&][^\s"'\\&]*`;

/** `NAME=value` and `NAME: value` of environment variables (`declare -x`, `env`, YAML), at a word boundary or an escaped line break. */
const environment = new RegExp(String.raw`((?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))([A-Z][A-Z0-9_]{2,100})["']?(?:=|: {0,4}))(${value})`, 'g');

/** The end of a name in any spelling, with its value: `client_secret=…`, `"accessToken": "…"`, `password => …`. */
const spoken = new RegExp(
  String.raw`((pass(?:word|wd|phrase)|secret|token|(?:api|access|secret|private)[_-]?key|credentials?)\\?["']?(\s{0,4}(?::=?|==?|=>)\s{0,4}))(${value})`,
  'gi',
);

/** A flag with its value as the next word: `--password hunter2`, `--git-token …`. */
const flag = /(?<=-)((password|passphrase|token|secret|api-key|access-key|secret-key)\s{1,4})([^\s"'\\-][^\s"'\\]*|"[^"]*|'[^']*)/g;

/** Redacts values next to a name that marks them as secret. */
export function withoutNamedSecrets(text: string): string {
  return text
    .replace(environment, (whole, before: string, name: string, found: string) =>
      isSecretName(name, found) ? hidden(whole, before, found) : whole,
    )
    .replace(spoken, (whole, before: string, word: string, between: string, found: string) =>
      found !== redacted && (isPassword(word) || isStrong(found, between)) ? hidden(whole, before, found) : whole,
    )
    .replace(flag, (whole, before: string, word: string, found: string) =>
      isPassword(word) || isStrong(found, ' ') ? hidden(whole, before, found) : whole,
    );
}

/** The opening quote of a value is kept, so that the rest stays readable. */
function hidden(whole: string, before: string, found: string): string {
  const inside = unquoted(found);
  const quote = found.slice(0, found.length - inside.length);
  return inside === '' || isNoValue(inside) ? whole : before + quote + redacted;
}

/** Without the opening quotation mark of a value, escaped or not. */
function unquoted(found: string): string {
  if (found.startsWith('\\"')) return found.slice(2);
  return found.startsWith('"') || found.startsWith("'") ? found.slice(1) : found;
}

/** Placeholders, variable references and null-like words are useful to read and reveal nothing. */
function isNoValue(text: string): boolean {
  return (
    (text.startsWith('{{') && !text.includes('\n')) ||
    /^(?:\$\{[^}]*\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|<[^>]*>|\*+|\[redacted\])[,;)}\]]*$/.test(text) ||
    /^(?:null|nil|none|undefined|true|false|string|yes|no|\{|\[|\|-?|>-?)[,;)}\]]*$/i.test(text)
  );
}

function isPassword(word: string): boolean {
  return word.toLowerCase().startsWith('pass');
}

/**
 * Next to words that also have an ordinary meaning (an unexpected token, the name of a Secret): a value that looks like a secret, or is
 * assigned without white space, as in no sentence.
 */
function isStrong(found: string, between: string): boolean {
  const text = unquoted(found);
  if (/^\d{1,6}$/.test(text)) return false;
  if (between === '=') return text.length >= 4;
  return text.length >= 12 && /\d/.test(text) && /[A-Za-z]/.test(text) && !/[()]/.test(text);
}

/** Whether a field of this name (e.g. in a JSON object) holds a secret, so that its value must be redacted. */
export function isSecretField(name: string, text: string): boolean {
  const probe = `${name}=${'x'.repeat(Math.min(text.length, 16))}`;
  return text !== '' && !isNoValue(text) && !/^\d{1,6}$/.test(text) && withoutNamedSecrets(probe).endsWith(`=${redacted}`);
}

const secretWord =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(?:^|_)(?:API|ACCESS|PRIVATE)?KEYS?(?:_|$)|_(?:PASS|PWD)(?:_|$)|APIKEY/;
/** Suffixes or parts of such names whose value is a location, a measure, or public. */
const openName =
  /_(?:FILE|PATH|DIR|NAME|URL|URI|HOST|ID|TYPE|COUNT|LENGTH|SIZE|TTL|TIMEOUT|EXPIRY|ENDPOINT|VERSION)$|(?:PUBLIC|CACHE|PRIMARY|FOREIGN|SORT|PARTITION|HOT)_?KEY|^KEYS?$/;

function isSecretName(name: string, found: string): boolean {
  if (!secretWord.test(name) || openName.test(name)) return false;
  // A short number next to a token or a key is a count.
  return /PASS|PWD/.test(name) || !/^["']?\d{1,6}$/.test(found);
}
