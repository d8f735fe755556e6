import { X509Certificate } from 'node:crypto';
import type { ExternalRegistry } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import { before } from '../core/text/trim.ts';
import { ConfigError, type ConfigIssue } from './config-error.ts';

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
    if (ca === undefined) continue;
    const wrong = (message: string) => issues.push({ file, path: `registries.${name}.ca`, message });
    try {
      const found = certificatesIn(readFile(ca));
      for (const one of found) new X509Certificate(one);
      if (found.length > 0) certificates[name] = `${found.join('\n')}\n`;
      else wrong(`${ca} contains no certificate; it must be PEM (-----BEGIN CERTIFICATE-----)`);
    } catch (error) {
      wrong(`${ca} cannot be read as certificates: ${messageOf(error)}`);
    }
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return certificates;
}

function certificatesIn(pem: string): string[] {
  const [, ...parts] = pem.split(begin);
  return parts.filter((part) => part.includes(end)).map((part) => `${begin}${before(part, end)}${end}`);
}
