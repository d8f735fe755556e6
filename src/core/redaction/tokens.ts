import { redacted } from './known.ts';

/** Tokens recognizable by shape. Lengths are bounded to keep the time linear. */
const shapes = new RegExp(
  [
    // GitHub: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    'gh[pousr]_[A-Za-z0-9]{20,255}',
    'github_pat_[A-Za-z0-9_]{20,255}',
    // Slack: bot, user, app-level, refresh tokens; incoming webhooks.
    String.raw`xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,400}`,
    'xapp-[A-Za-z0-9-]{10,400}',
    String.raw`(?<=hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Za-z0-9/_-]{10,200}`,
    // Access keys of AWS, Google, GitLab, npm, Docker Hub.
    '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}',
    'AIza[A-Za-z0-9_-]{35}',
    'glpat-[A-Za-z0-9_-]{20,100}',
    'npm_[A-Za-z0-9]{36}',
    'dckr_pat_[A-Za-z0-9_-]{20,100}',
  ].join('|'),
  'g',
);

/** A JSON Web Token: three parts, the first two are JSON objects. It begins at a word boundary, or after an escaped line break. */
const webToken = /(?:(?<![\w-])|(?<=\\[nrt]))eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g;

/** The part of a URL before its host. A user alone is treated as a secret except in ssh URLs; `image@sha256:` is a digest. */
const userinfo = /:\/\/([^\s/"'<>\\]*)@(?!sha\d{3}:)/g;

const authorization =
  /(authorization[\\"']{0,4}\s{0,8}[:=]\s{0,8}[\\"']{0,4}(?:(?:basic|bearer|token|digest|negotiate|apikey)\s{1,8})?)[^\s"'\\,;}\]][^\s"'\\,;]*/gi;
const bearer = /\b(bearer\s{1,8})([\w.~+/-]{16,}=*)/gi;
const basic = /\b(basic\s{1,8})([A-Za-z0-9+/]{8,2000}={0,2})/gi;
const apiKeyHeader =
  /\b(x-(?:api-key|auth-token|amz-security-token|vault-token|registry-auth)[\\"']{0,4}: ?[\\"']{0,4})[^\s"'\\,;}\]][^\s"'\\,;]*/gi;
const cookie = /\b((?:set-)?cookie: ?[^\s"'\\=;:]{1,100}=)[^\s"'\\]+/gi;

/** Redacts secrets recognizable by their shape or by the header that contains them. */
export function withoutTokens(text: string): string {
  return text
    .replace(shapes, redacted)
    .replace(webToken, redacted)
    .replace(userinfo, (whole, info: string, at: number, all: string) =>
      isPlainUser(info, all.slice(Math.max(0, at - 3), at)) ? whole : `://${redacted}@`,
    )
    .replace(authorization, `$1${redacted}`)
    .replace(bearer, (whole, word: string, token: string) => (/\d/.test(token) ? word + redacted : whole))
    .replace(basic, (whole, word: string, token: string) => (isUserAndPassword(token) ? word + redacted : whole))
    .replace(apiKeyHeader, `$1${redacted}`)
    .replace(cookie, `$1${redacted}`);
}

function isPlainUser(info: string, scheme: string): boolean {
  return info === '' || (scheme === 'ssh' && !info.includes(':'));
}

function isUserAndPassword(token: string): boolean {
  const text = Buffer.from(token, 'base64').toString('latin1');
  return text.includes(':') && /^[\x20-\x7e]*$/.test(text);
}
