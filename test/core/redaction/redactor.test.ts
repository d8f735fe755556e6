import test, { type ExecutionContext } from 'ava';
import { lineRedactor, redactor } from '../../../src/core/redaction/redactor.ts';

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
