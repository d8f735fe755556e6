import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { skopeoReader } from '../../src/logs/skopeo.ts';

/** A log of skopeo 1.9.3, read to its end. */
function readerOf(name: string) {
  const reader = skopeoReader();
  const text = readFileSync(new URL(`fixtures/skopeo-${name}.log`, import.meta.url), 'utf8');
  for (const line of text.trimEnd().split('\n')) reader.line(line);
  return reader;
}

function means(t: ExecutionContext, name: string, kind: string, title: RegExp, next: RegExp): void {
  const cause = readerOf(name).cause({ container: 'skopeo', exitCode: 1, reason: 'Error' });
  t.is(cause.kind, kind);
  t.regex(cause.title, title);
  t.regex(cause.next, next);
  t.true(cause.title.length <= 300 && cause.next.length <= 400);
  t.notRegex(cause.title, /<\w|level=|0x|\n/);
  t.true((cause.excerpt.at(-1) ?? '').length > 20);
}

test(
  'a refused login',
  means,
  '401',
  'registry-auth',
  /^The registry outside\.example:\d+ refuses the login for the push$/,
  /REGISTRY_<NAME>_PASSWORD/,
);
test('a login without the right to push', means, '403', 'registry-auth', /does not allow the push: denied$/, /right to push/);
test('a registry that takes no pushes', means, '405', 'push', /does not accept this kind of image|The copy failed/, /retry|push to/);
test('a registry that fails', means, 'blob500', 'registry', /failed: .*500 Internal Server Error$/, /disk of the registry/);
test('a proxy that limits bodies', means, 'blob413', 'push', /refuses a layer as too large \(413\)$/, /client_max_body_size/);
test(
  'a registry without indexes',
  means,
  'man400',
  'push',
  /outside\.example:\d+ does not accept this kind of image: manifest invalid$/,
  /release-tested/,
);
test(
  'a registry without OCI',
  means,
  'man415',
  'push',
  /does not accept this kind of image: unsupported: unsupported media type$/,
  /release-tested/,
);
test(
  'a tag that must not change',
  means,
  'tag409',
  'push',
  /already has this tag and keeps it: denied: tag is immutable$/,
  /^Retry once: .*\. Otherwise bump the version/,
);
test('too many requests', means, '429', 'registry', /asks for fewer requests \(429\)$/, /Wait/);
test('nobody listens', means, 'refused', 'registry', /outside\.example:1 cannot be reached: .*connection refused$/, /network policy/);
test('no such host', means, 'nohost', 'registry', /^The registry nohost\.invalid cannot be reached: .*no such host$/, /network policy/);
test('plain HTTP', means, 'plain-http', 'registry', /speaks plain HTTP$/, /^Set `plain: true` beside its `push`/);
test(
  'an unknown authority',
  means,
  'untrusted',
  'registry',
  /^The certificate of the registry \S+ is not trusted: .*unknown authority$/,
  /registries\.<name>\.ca`, or `registry\.ca`/,
);
test(
  'an image that is gone',
  means,
  'gone',
  'base-image',
  /^The tested image is no longer in the registry registry\.example:5000$/,
  /run the commit again/,
);
test(
  'a repository that is not there',
  means,
  'no-repository',
  'push',
  /^There is no repository of this name in the registry outside\.example:5938: .*does not exist in the registry/,
  /^Create it there, or correct `repository`/,
);
test('no signature policy', means, 'no-policy', 'policy', /has no signature policy$/, /tools\.skopeo/);
test('a signature policy that rejects', means, 'rejected', 'policy', /rejects this image$/, /policy\.json/);
test('a digest that could not stay', means, 'preserve', 'push', /would change its digest$/, /^Retry once/);

test('progress counts the images of an index, and the copy is over when the index is written', (t) => {
  const reader = skopeoReader();
  const lines = readFileSync(new URL('fixtures/skopeo-copied.log', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  for (const line of lines.slice(0, 12)) reader.line(line);
  t.like(reader.progress(), { step: { n: 2, of: 4 }, pushing: true });
  for (const line of lines.slice(12)) reader.line(line);
  t.like(reader.progress(), { step: { n: 4, of: 4 } });
  t.is(reader.progress().pushing, undefined);
});

test('a retry is noted, and a copy that was killed is told by its end', (t) => {
  const reader = skopeoReader();
  reader.line('time="2026-01-02T03:04:05Z" level=warning msg="Failed, retrying in 1s ... (1/3). Error: initializing source: pinging"');
  t.regex(reader.progress().notes?.[0] ?? '', /^The copy had to be tried again: Failed, retrying in 1s/);
  const cause = reader.cause({ container: 'skopeo', exitCode: 137, reason: 'OOMKilled' });
  t.is(cause.title, 'The copy ran out of memory: the kernel killed it at its memory limit');
  t.deepEqual(reader.shown('time="2026-01-02T03:04:05Z" level=fatal msg="a \\"b\\""'), ['fatal: a "b"']);
});
