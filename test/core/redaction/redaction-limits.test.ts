import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { lineRedactor, redactor } from '../../../src/core/redaction/redactor.ts';
import { computing } from '../../fixtures/computing.ts';

const ordinary = `
commit 3f2a1bc9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3 (HEAD -> main, origin/main)
Digest: sha256:b5814de4e24007193198244fa39c35d80c1808be90b98f2440d860a25495a883
docker-pullable://alpine@sha256:b5814de4e24007193198244fa39c35d80c1808be90b98f2440d860a25495a883
Cloning https://github.com/leaf-ai/studio-go-runner.git into ssh://git@github.com/leaf-ai/x
key: value
keys: 4, primary key: id, PRIMARY_KEY=id CACHE_KEY=go-mod-3f2a1b
--- PASS: TestTokens (0.00s)
PASS: 12
ok  	example.com/greeter/token	0.022s
greeter.c:12:5: error: unexpected token: ')'
parser: token := lexer.Next()
Error: secret "makisu-registry" not found
secretName: git-credentials
automountServiceAccountToken: false
GITHUB_TOKEN was not found do not release
PASSWORD_FILE=/run/secrets/db TOKEN_URL=https://example.org/token
PWD=/workspace/source OLDPWD=/ MONKEY=1 COMPASS=north BYPASS=1 KEYBOARD=us
password: \${PASSWORD} token=$TOKEN {"password":null,"token":""}
MAX_TOKENS=4096 token_count=12 tokens: 512
basic authentication is required; basic information follows
the bearer of this token passed the check
eyJ is how a token begins; ghp_ too; xoxb- as well
-----BEGIN CERTIFICATE-----
MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UE
-----END CERTIFICATE-----
uid 6f1e54f3-2b5c-4a59-9d3c-0f4f3c1f0001, image localhost:32000/team/greeter:1
Usage: login --password string --token string
`;

test('ordinary text stays as it is', (t) => {
  const redact = redactor(['hunter22', 'xyz']);
  for (const line of ordinary.split('\n')) t.is(redact(line), line);
  t.is(redact(ordinary), ordinary);
});

test('real logs without secrets stay as they are', (t) => {
  const folder = new URL('../../logs/fixtures/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const redact = lineRedactor(['hunter22-and-more']);
    for (const line of readFileSync(new URL(name, folder), 'utf8').split('\n')) if (redact(line) !== line) t.is(redact(line), line, name);
  }
  t.pass();
});

const pieces = [
  ...[
    'a',
    'A',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    '://',
    '://a',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'password',
    'password="',
    "password='",
  ],
  ...[
    'password=\\"',
    'password=\\',
    'TOKEN_',
    'A_KEY=',
    'authorization: ',
    'bearer ',
    'basic A',
    '--token-',
    '-a',
    'cookie: ',
    'x-api-key: ',
    '\\n',
  ],
  ...['{"a":', '{"a":"', 'secret    ', 'ghp_', '@', 'xoxb-', 'token=>', '"', '\\', '[redacted]', 'password := '],
];

test('300 kB of anything take a moment: the time is linear', (t) => {
  for (const piece of pieces) {
    for (const line of [piece.repeat(300_000 / piece.length), `://${piece.repeat(300_000 / piece.length)}`]) {
      const ms = computing(() => redactor(['hunter22', 'some-longer-secret-value'])(line));
      t.true(ms < 600, `${JSON.stringify(piece)}: ${ms.toFixed(0)} ms`);
    }
  }
});

test('redaction of what was redacted changes nothing, whatever the text', (t) => {
  const redact = redactor(['hunter22', 'redacted', 'abc']);
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const words = [
    ...pieces,
    ' ',
    ': ',
    '=',
    "'",
    ',',
    '}',
    'hunter22',
    'abc',
    'token: ',
    'https://u:p@h ',
    'A1b2C3d4E5f6G7h8',
    'AKIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozj',
    `npm_${'a1'.repeat(18)}`,
    `ghp_${'a1'.repeat(18)}`,
  ];
  for (let round = 0; round < 15_000; round++) {
    const text = Array.from({ length: 1 + next(8) }, () => words[next(words.length)] ?? '').join('');
    const once = redact(text);
    if (redact(once) !== once) t.is(redact(once), once, JSON.stringify(text));
  }
  t.pass();
});

test('without secrets and without suspicion a text is returned as it is', (t) => {
  t.is(redactor([])('compiling module 7'), 'compiling module 7');
});
