import { X509Certificate } from 'node:crypto';
import type { ExternalRegistry } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import { before } from '../core/text/trim.ts';
import { ConfigError, type ConfigIssue, tried } from './config-error.ts';

const [begin, end] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];

/**
 * Only the certificates (PEM) in the registries' `ca` files, and nothing else from them: release builds get to see what is read here.
 * @param file the configuration, for messages
 * @throws ConfigError with every issue
 */
export function readCertificates(
  registries: Readonly<Record<string, Partial<ExternalRegistry>>>,
  file: string,
  readFile: (path: string) => string,
): Record<string, string> {
  const issues: ConfigIssue[] = [];
  const certificates: Record<string, string> = {};
  for (const [name, { ca }] of Object.entries(registries)) {
    const { value, mistakes } = tried(() => readAuthority(ca, `registries.${name}.ca`, file, readFile));
    if (value !== undefined) certificates[name] = value;
    issues.push(...mistakes);
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return certificates;
}

/**
 * The same for one file; undefined if none is configured.
 * @param path the key in the configuration
 * @throws ConfigError
 */
export function readAuthority(ca: string | undefined, path: string, file: string, readFile: (path: string) => string): string | undefined {
  if (ca === undefined) return undefined;
  const wrong = (message: string) => new ConfigError([{ file, path, message }]);
  let found: string[];
  try {
    found = certificatesIn(readFile(ca));
    for (const one of found) new X509Certificate(one);
  } catch (error) {
    throw wrong(`${ca} cannot be read as certificates: ${why(error)}`);
  }
  if (found.length === 0) throw wrong(`${ca} contains no certificate; it must be PEM (-----BEGIN CERTIFICATE-----)`);
  return `${found.join('\n')}\n`;
}

/** OpenSSL's texts are for developers. */
function why(error: unknown): string {
  const isOpenSsl = error instanceof Error && ('opensslErrorStack' in error || /^error:|routines/.test(error.message));
  return isOpenSsl ? 'one of them is damaged, or is no certificate' : messageOf(error);
}

function certificatesIn(pem: string): string[] {
  const [, ...parts] = pem.split(begin);
  return parts.filter((part) => part.includes(end)).map((part) => `${begin}${before(part, end)}${end}`);
}
