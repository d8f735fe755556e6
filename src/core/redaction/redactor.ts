import { pullSecrets } from '../pull-config.ts';
import { knownSecrets, redacted } from './known.ts';
import { isSecretField, withoutNamedSecrets } from './named.ts';
import { PrivateKeys } from './private-keys.ts';
import { withoutTokens } from './tokens.ts';

/** Every text that could contain a secret recognizable by shape or name contains one of these. */
const suspicious =
  /:\/\/|-----BEGIN|gh[pousr]_|github_pat|xox[a-z]|xapp-|AKIA|ASIA|ABIA|ACCA|AIza|glpat|npm_|dckr_|eyJ|PASS|SECRET|TOKEN|KEY|CREDENTIAL|_PWD|[Pp]ass|[Ss]ecret|[Tt]oken|[Kk]ey|[Cc]redential|[Aa]uth|[Bb]earer|[Bb]asic|[Cc]ookie|hooks\.slack|BEARER|BASIC|AUTH|COOKIE/;

/** A username of this length or more may be a token; a shorter one is a name, and names such as `git` are ordinary text. */
const longestName = 20;

/** The values that must never be disclosed, at any depth of the secrets. */
export function secretValues(secrets: object): string[] {
  return valuesOf(secrets, '');
}

function valuesOf(value: unknown, name: string): string[] {
  if (name === 'imagePullConfig' && typeof value === 'string') return [value, ...pullSecrets(value)];
  // Certificates are public.
  if (name === 'registryAuthority') return [];
  if (typeof value === 'string') return /username$/i.test(name) && value.length < longestName ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => valuesOf(inside, key));
}

/**
 * Redacts secrets in any text: known ones in all their encodings, and any recognizable by shape, header or name.
 * Idempotent.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = knownSecrets(secrets);
  return (text) => known(text).split('\n').map(patternsOf(known)).join('\n');
}

/** The same for one log, line by line: a private key that spans lines is removed completely. */
export function lineRedactor(secrets: readonly string[]): (line: string) => string {
  return patternsOf(knownSecrets(secrets));
}

function patternsOf(known: (text: string) => string): (line: string) => string {
  const keys = new PrivateKeys();
  const patterns = (text: string) => (suspicious.test(text) ? withoutNamedSecrets(withoutTokens(text)) : text);
  return (line) => {
    const text = keys.without(known(line));
    if (!suspicious.test(text)) return text;
    return (text.startsWith('{') && inJson(text, (inside) => patterns(known(inside)))) || patterns(text);
  };
}

/** A JSON line stays JSON: its strings are redacted one by one. Undefined if it is not JSON. */
function inJson(line: string, redact: (text: string) => string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const before = JSON.stringify(value);
    const after = JSON.stringify(
      walked(value, (text, name) => (suspicious.test(name) && isSecretField(name, text) ? redacted : inText(text, redact))),
    );
    return after === before ? line : after;
  } catch {
    return undefined;
  }
}

function inText(text: string, redact: (line: string) => string): string {
  const keys = new PrivateKeys();
  return text
    .split('\n')
    .map((line) => redact(keys.without(line)))
    .join('\n');
}

function walked(value: unknown, redact: (text: string, name: string) => string, name = ''): unknown {
  if (typeof value === 'string') return redact(value, name);
  if (Array.isArray(value)) return value.map((item) => walked(item, redact, name));
  if (typeof value !== 'object' || value === null) return value;
  // A Kubernetes environment variable: { "name": "GITHUB_TOKEN", "value": "…" }.
  const spoken = 'name' in value && typeof value.name === 'string' ? value.name : '';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walked(item, redact, key === 'value' && spoken ? spoken : key)]),
  );
}
