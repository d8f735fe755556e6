import { readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { lineRedactor, redactor } from '../../../src/core/redaction/redactor.ts';
import { computing } from '../../fixtures/computing.ts';

const secrets = ['s3cr3t-Passw0rd!"x', 'abcd', 'no', '-----BEGIN X-----\nMIIEowIBAAKCAQEA7h\n-----END X-----\n'];
const redact = redactor(secrets);

function hides(t: ExecutionContext, text: string, expected: string): void {
  t.is(redact(text), expected);
  t.is(redact(expected), expected, 'twice changes nothing more');
  t.is(text.includes('\n') ? expected : lineRedactor(secrets)(text), expected, 'line by line it is the same');
}

test('credentials of a URL', hides, 'fatal: https://ada:p@ss@github.com/x.git', 'fatal: https://[redacted]@github.com/x.git');
test('a token as the user of a URL', hides, 'https://tok@github.com and', 'https://[redacted]@github.com and');
test('credentials of AMQP', hides, 'amqp://guest:guest@rabbit:5672/', 'amqp://[redacted]@rabbit:5672/');
test('an authorization header', hides, '> Authorization: Bearer ab.c-1', '> Authorization: Bearer [redacted]');
test('an authorization header without scheme', hides, "-H 'authorization: abc'", "-H 'authorization: [redacted]'");
test('Basic with user and password', hides, 'sent basic dXNlcjpwYXNz again', 'sent basic [redacted] again');
test('Bearer alone', hides, 'with Bearer abcdefgh12345678', 'with Bearer [redacted]');
test('a cookie', hides, '< Set-Cookie: session=a1b2; Path=/', '< Set-Cookie: session=[redacted] Path=/');
test('the environment as bash prints it', hides, 'declare -x GITHUB_TOKEN="a b"', 'declare -x GITHUB_TOKEN="[redacted]"');
test('the environment as env prints it', hides, 'PGPASSWORD=1234', 'PGPASSWORD=[redacted]');
test('the environment in YAML', hides, '  AWS_SECRET_ACCESS_KEY: wJalr/K7', '  AWS_SECRET_ACCESS_KEY: [redacted]');
test('a password in YAML', hides, 'basic: {username: ada, password: hunter2}', 'basic: {username: ada, password: [redacted]');
test('a password in JSON', hides, '{"a":1,"password":"hun\\"ter 2"}', '{"a":1,"password":"[redacted]"}');
test('an environment variable of a pod', hides, '{"name":"API_TOKEN","value":"v"}', '{"name":"API_TOKEN","value":"[redacted]"}');
test('a flag with its value', hides, 'docker login --password hunter2 -u x', 'docker login --password [redacted] -u x');
test('a key in a file of settings', hides, 'aws_secret_access_key = wJalrXUtnFEMI7', 'aws_secret_access_key = [redacted]');
test('a token in a query', hides, 'GET /x?token=a1b2c3&y=2', 'GET /x?token=[redacted]&y=2');
test('a token of GitHub', hides, `x ghp_${'a1'.repeat(18)}.`, 'x [redacted].');
test('a fine-grained token of GitHub', hides, `github_pat_${'a1_'.repeat(20)}`, '[redacted]');
test('tokens of Slack', hides, 'xoxb-123456-abcdef xapp-1-A0-12345', '[redacted] [redacted]');
test('a web hook of Slack', hides, 'hooks.slack.com/services/T000/B000/XXXX', 'hooks.slack.com/services/[redacted]');
test('an access key of AWS', hides, 'id AKIAIOSFODNN7EXAMPLE', 'id [redacted]');
test('a JSON Web Token', hides, 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgN-a', 'jwt [redacted]');
test('a token after an escaped line break', hides, `"a\\nghp_${'a1'.repeat(18)}"`, '"a\\n[redacted]"');
test('a secret that is known', hides, 'x s3cr3t-Passw0rd!"xy', 'x [redacted]y');
test('a secret that is known, in JSON', hides, JSON.stringify('s3cr3t-Passw0rd!"x'), '"[redacted]"');
test('a secret that is known, in a URL', hides, `?q=${encodeURIComponent('s3cr3t-Passw0rd!"x')}`, '?q=[redacted]');
test('a short secret stands alone only', hides, 'abcd xabcd abcde "abcd"', '[redacted] xabcd abcde "[redacted]"');
test(
  'a private key',
  hides,
  'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxyz=\n-----END RSA PRIVATE KEY-----\nb',
  'a\n[redacted]\n[redacted]\n[redacted]\n[redacted]\nb',
);
test('a private key in one line', hides, 'a -----BEGIN PRIVATE KEY-----\\nMI==\\n-----END PRIVATE KEY----- b', 'a [redacted] b');
test('a line of a secret of several lines', hides, 'read MIIEowIBAAKCAQEA7h', 'read [redacted]');

test('a secret that is known, inside of base64, at any alignment', (t) => {
  for (const before of ['', 'a', 'ab', 'user:']) {
    const text = redact(Buffer.from(`${before}s3cr3t-Passw0rd!"x:after`).toString('base64'));
    t.true(text.includes('[redacted]'), text);
    t.true(text.length < 36, text);
  }
});

test('a line redactor knows that a private key is open, and does not wait for its end for ever', (t) => {
  const line = lineRedactor([]);
  t.is(line('-----BEGIN OPENSSH PRIVATE KEY-----'), '[redacted]');
  t.is(line('b3BlbnNzaC1rZXktdjEAAAAABG5vbmU'), '[redacted]');
  t.is(line('step 4 of 7: compile'), 'step 4 of 7: compile');
  t.is(line('b3BlbnNzaC1rZXktdjEAAAAABG5vbmU'), 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmU');
});

test('a line of JSON stays JSON, whatever is taken out of it', (t) => {
  const texts = [
    'password=',
    'say "password":',
    'token=abc\\',
    `declare -x A_KEY="x\\"y"\n`,
    "secret='",
    'Authorization:',
    'https://a:b@c"',
  ];
  for (const first of texts) {
    for (const second of texts) {
      const line = JSON.stringify({ level: 'info', msg: first + second, password: second, list: [first], n: 1.5 });
      t.like(JSON.parse(redact(line)), { level: 'info', n: 1.5 }, line);
    }
  }
});

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
