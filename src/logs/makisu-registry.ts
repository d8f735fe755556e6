import type { Cause } from '../core/logs.ts';
import { plainLine } from '../core/text/plain-line.ts';
import { inQuotes } from '../core/text/quoted.ts';

type Known = Omit<Cause, 'excerpt'>;

/** An answer of a registry other than success: `PUT http://r:5000/v2/a/manifests/1 415: {"errors":[…]}`. */
interface Answer {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  /** The server's own words, in one line; empty if they are a page or missing. */
  readonly words: string;
  readonly code: string;
}

const answerPattern = /\b(GET|HEAD|POST|PUT|PATCH) https?:\/\/([^\s/]+)(\/\S*)? ([345]\d\d)\b(: )?/;

function answerIn(failure: string): Answer | undefined {
  const found = answerPattern.exec(failure);
  if (!found) return undefined;
  const [whole, method = '', host = '', path = '', status, colon] = found;
  const at = found.index + whole.length;
  const body = colon ? failure.slice(at, at + 4000) : '';
  return { method, host, path, status: Number(status), words: wordsOf(body), code: /"code": ?"(\w+)"/.exec(body)?.[1] ?? '' };
}

/** The messages of `{"errors":[{"code":…,"message":…}]}`; other text as it is, a page not at all. */
function wordsOf(body: string): string {
  const messages = [...body.matchAll(/"message": ?"((?:[^"\\]|\\.){1,500})"/g)].map(([, message = '']) => message.replaceAll('\\"', "'"));
  if (messages.length > 0) return plainLine([...new Set(messages)].join('; '), 200);
  if (/^\s*[<{[]/.test(body)) return '';
  return plainLine(body.split('; push ')[0] ?? '', 200);
}

/** What the build was doing at the registry. */
function deedOf({ method, path }: Answer): string {
  if (path.includes('/uploads')) return method === 'POST' ? 'began to upload a layer' : 'uploaded a layer';
  if (method === 'PUT') return 'pushed the manifest';
  if (method === 'GET') return path.includes('/blobs/') ? 'pulled a layer of the base image' : 'pulled the base image';
  return path.includes('/blobs/') ? 'asked whether a layer is there already' : 'asked whether the image is there already';
}

const login = 'REGISTRY_USERNAME and REGISTRY_PASSWORD, or REGISTRY_<NAME>_USERNAME and REGISTRY_<NAME>_PASSWORD for one of `registries`';

/** What a person can do about an answer, the first that fits. */
const remedies: readonly (readonly [fits: (answer: Answer) => boolean, kind: string, next: string])[] = [
  [
    ({ status, words }) => status === 400 && /https/i.test(words),
    'registry',
    'It speaks TLS, and pods use plain HTTP for it: set `plain: false` beside its `push` in the configuration.',
  ],
  [
    ({ status, method }) => status === 401 && method === 'GET',
    'registry-auth',
    `Check the login of this registry (${login}). Makisu can only log in with tokens: from a registry that wants the password itself it cannot pull.`,
  ],
  [
    ({ status }) => status === 401,
    'registry-auth',
    `Check the login of this registry (${login}). Makisu can only log in with tokens: where \`doctor\` says that the registry wants the password itself, set \`push: copy\` in the stage.`,
  ],
  [({ words }) => /no space left|quota|disk/i.test(words), 'registry', 'Free space in the registry, or raise its quota; then retry.'],
  [
    ({ status, code, words }) => status === 409 || status === 412 || /IMMUTABLE/.test(code) || /immutable/i.test(words),
    'push',
    'The registry does not let this tag be overwritten: raise the version, or let the registry allow it.',
  ],
  [
    ({ status }) => status === 403,
    'registry-auth',
    `This login may not do that there: give it the right to push to this repository (to pull, for a base image), or set another login (${login}).`,
  ],
  [
    ({ status, method }) => status === 404 && method === 'POST',
    'registry',
    'Create the repository or project in the registry, or correct `repository` of the stage; if it is no registry that answers there, correct `push`.',
  ],
  [
    ({ status }) => status === 405,
    'registry',
    'The registry accepts no uploads: make it writable (it may be read-only or in maintenance).',
  ],
  [
    ({ status }) => status === 413,
    'push',
    'Raise the limit for the size of a request in the registry, or in the proxy before it (nginx: client_max_body_size 0), then retry.',
  ],
  [({ status }) => status === 429, 'registry', 'The registry asks to wait: retry later, or raise its limit for this login.'],
  [
    ({ status }) => status < 400,
    'registry',
    'It redirects to another address: set that one as the address of the registry for pods (`push`).',
  ],
  [({ status }) => status >= 500, 'registry', 'Check the log and the disk of the registry, then retry.'],
  [
    ({ code }) => /^(?:BLOB|MANIFEST_BLOB|DIGEST|RANGE|SIZE)_/.test(code),
    'push',
    'What was uploaded is not what arrived: if the registry has several replicas, give them one storage and one http.secret; then retry.',
  ],
];

/** The cause if a registry gave an answer other than success. */
export function refusedByRegistry(failure: string): Known | undefined {
  const answer = answerIn(failure);
  if (!answer) return undefined;
  const [, kind = 'registry', next = 'Read what the registry says, here and in its own log; retry if the cause is outside the commit.'] =
    remedies.find(([fits]) => fits(answer)) ?? [];
  const said = answer.words || answer.code;
  const title = `The registry ${answer.host} answered ${answer.status} when the build ${deedOf(answer)}${said && `: ${inQuotes(said, 200)}`}`;
  return { kind, title, next };
}

/** Failures to get a token, in words of github.com/docker/distribution, behind the address that the token is for. */
const tokens: readonly (readonly [RegExp, (found: readonly string[]) => Omit<Known, 'kind'>])[] = [
  [
    /": (?:unauthorized|denied): ([^\n]*)/,
    ([, words = '']) => ({
      title: `The token server of the registry refuses the login: ${inQuotes(plainLine(words, 200), 200)}`,
      next: `Check the login of this registry, and what it may do there (${login}).`,
    }),
  ],
  [
    /": toomanyrequests: ([^\n]*)/,
    ([, words = '']) => ({
      title: `The token server of the registry asks to wait: ${inQuotes(plainLine(words, 200), 200)}`,
      next: 'Retry later.',
    }),
  ],
  [
    /": (?:error parsing HTTP (\d{3}) response body|received unexpected HTTP status: (\d{3}))/,
    ([, page, plain]) => ({
      title: `The token server of the registry answered ${page ?? plain}`,
      next: 'Check the address that the registry names for tokens (`realm` of its WWW-Authenticate header), and that server; then retry.',
    }),
  ],
  [
    /unable to decode token response/,
    () => ({
      title: 'The token server of the registry answered without a token',
      next: 'Check the address that the registry names for tokens (`realm` of its WWW-Authenticate header): it may be a login page.',
    }),
  ],
];

/** The cause if no token could be had. */
export function withoutToken(failure: string): Known | undefined {
  if (!failure.includes('network error: ')) return undefined;
  const place = /": Get "https?:\/\/([^\s/"]{1,300})/.exec(failure);
  if (place) return unreachableTokens(place[1] ?? '', failure.slice(place.index + place[0].length));
  for (const [pattern, known] of tokens) {
    const found = pattern.exec(failure);
    if (found) return { kind: 'registry-auth', ...known(found) };
  }
  return undefined;
}

/** The reason is the last part of the chain. */
function unreachableTokens(host: string, rest: string): Known {
  const [, ...chain] = (rest.split('\n', 1)[0] ?? '').split('": ');
  const reason = plainLine(chain.join(': ').split('; ', 1)[0]?.split(': ').at(-1) ?? '', 200);
  return {
    kind: 'registry',
    title: `The token server of the registry, ${host}, cannot be reached: ${reason}`,
    next: 'Check that pods can reach it (name, network policy), and that the registry names it rightly (`realm` of its WWW-Authenticate header).',
  };
}
