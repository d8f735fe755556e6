import { randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Cleaning } from './lab.ts';

export interface TokenServerOptions {
  readonly host: string;
  /** PEM; it serves with them, and signs its tokens. */
  readonly cert: string;
  readonly key: string;
  readonly login: { readonly username: string; readonly password: string };
  /** Whether it gives what is asked for, such as `repository:team/app:pull`; everything by default. */
  readonly grants?: (scope: string) => boolean;
}

export const service = 'outside';

/**
 * Gives the tokens of a registry to those who know the password, for everything that they ask for.
 * Source: https://distribution.github.io/distribution/spec/auth/token/ and …/auth/jwt/
 * @returns its URL
 */
export async function tokenServer(t: Cleaning, { host, cert, key, login, grants = () => true }: TokenServerOptions): Promise<string> {
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const server = createServer({ cert, key }, (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'https://token');
    if (request.headers.authorization !== basic) return response.writeHead(401).end('{}');
    const token = tokenFor(searchParams.getAll('scope').filter(grants), { cert, key, subject: login.username });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expires_in: 300 }));
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://${host}:${(server.address() as AddressInfo).port}/token`;
}

interface Signer {
  readonly cert: string;
  readonly key: string;
  readonly subject: string;
}

/** A token for scopes such as `repository:team/app:pull,push`. */
export function tokenFor(scopes: readonly string[], { cert, key, subject }: Signer): string {
  const now = Math.floor(Date.now() / 1_000);
  const access = scopes.flatMap((scope) => {
    const [, type, name, actions = ''] = /^(\w+):(.+):([\w,*]+)$/.exec(scope) ?? [];
    return type && name ? [{ type, name, actions: actions.split(',') }] : [];
  });
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const claims = { iss: service, sub: subject, aud: service, nbf: now - 60, iat: now - 60, exp: now + 300, jti: randomUUID(), access };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
