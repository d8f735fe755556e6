import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Answer, type Call, created, fieldsOf } from './call.ts';
import { notFound, Refusal } from './errors.ts';
import { shapeOf } from './repository-shape.ts';
import type { State } from './state.ts';

const hourMs = 3_600_000;
const allowedRequests = 5_000;
const allPermissions = { contents: 'write', metadata: 'read', pull_requests: 'write', statuses: 'write' };

/** Refuses a request that is not signed with the token, or with one of an installation that is still good. */
export function checkToken(state: State, request: IncomingMessage): void {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new Refusal(401, 'Requires authentication');
  const [, token = ''] = /^(?:bearer|token) (\S+)$/i.exec(authorization) ?? [];
  const installed = (state.installationTokens.get(token) ?? 0) > Date.now();
  if (token !== state.token && !installed) throw new Refusal(401, 'Bad credentials');
}

interface Claims {
  readonly iss?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

/** POST /app/installations/{id}/access_tokens, signed with a JSON web token of the App; its signature is not verified. */
export async function createInstallationToken(call: Call): Promise<Answer> {
  const { state, request, params } = call;
  const { permissions = allPermissions, repositories } = await fieldsOf(call);
  const [, token = ''] = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [head, claims, signature] = token.split('.');
  const decoded = (part: string | undefined): object => {
    try {
      const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
      if (typeof value === 'object' && value !== null) return value;
    } catch {}
    throw new Refusal(401, 'A JSON web token could not be decoded');
  };
  const { alg } = decoded(head) as { alg?: unknown };
  const { iss, iat, exp } = decoded(claims) as Claims;
  const now = Date.now() / 1_000;
  if (alg !== 'RS256' || !signature) throw new Refusal(401, 'A JSON web token could not be decoded');
  if (iss === undefined || iss === '') throw new Refusal(401, "'Issuer' claim ('iss') must be an Integer or String");
  if (typeof exp !== 'number' || exp < now || exp > now + 660)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (typeof iat !== 'number' || iat > now + 60)
    throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
  if (!/^\d+$/.test(params.id ?? '')) throw notFound();
  const made = `ghs_${randomBytes(18).toString('hex')}`;
  const expires = Date.now() + hourMs;
  state.installationTokens.set(made, expires);
  const shape = (name: unknown) => shapeOf(call.origin, { name: `installed/${name}`, defaultBranch: 'main' });
  const chosen = Array.isArray(repositories) && { repositories: repositories.map(shape) };
  return created({ token: made, expires_at: new Date(expires).toISOString(), permissions, repository_selection: 'selected', ...chosen });
}

/** Counts the requests of an hour, as GitHub tells them in every answer. */
export function rateLimit(): () => Record<string, string> {
  let used = 0;
  let reset = Date.now() + hourMs;
  return () => {
    if (Date.now() > reset) [used, reset] = [0, Date.now() + hourMs];
    used++;
    return {
      'X-RateLimit-Limit': String(allowedRequests),
      'X-RateLimit-Remaining': String(Math.max(0, allowedRequests - used)),
      'X-RateLimit-Used': String(used),
      'X-RateLimit-Reset': String(Math.ceil(reset / 1_000)),
      'X-RateLimit-Resource': 'core',
    };
  };
}
