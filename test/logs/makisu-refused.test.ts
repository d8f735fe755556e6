import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { makisuShown } from '../../src/logs/makisu-shown.ts';
import { readerNamed } from '../../src/logs/readers.ts';

// The last messages of the real Makisu 0.4.2 against a registry that misbehaves in one way each.
const lines = readFileSync(new URL('fixtures/makisu-refused.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const refused = lines.map((line): { case: string; msg: string } => JSON.parse(line));

const logged = (level: string, msg: string) => JSON.stringify({ level, ts: 1795986640.7, msg });
const build = [
  logged('info', '* Stage 1/1 : (alias=0,FROM=scratch)'),
  logged('info', '* Step 3/3 (commit,modifyfs) : LABEL a=b  (c8a2d5b4)'),
];
const built = logged('info', 'Successfully built image a/b:1');

function causeOf(log: readonly string[]) {
  const reader = readerNamed('makisu');
  for (const line of log) reader.line(line);
  return reader.cause({ container: 'makisu', exitCode: 1, reason: 'Error' });
}

for (const one of refused) {
  test(`its cause is said: ${one.case}`, (t) => {
    const isPull = one.msg.startsWith('failed to execute');
    const { title, next, excerpt } = causeOf([...build, ...(isPull ? [] : [built]), logged('error', one.msg)]);
    t.snapshot(`${title} → ${next}`);
    t.notRegex(title, /exited with|The build failed|LABEL|<\w/);
    t.notRegex(next, /push_chunk|tls\.ca\.cert|registry configuration|SSL_CERT_DIR|registry\.yaml/);
    t.true(excerpt.length > 0);
  });
}

/** That a RUN prints Makisu's own words as the last ones before it ends is its output, and no failure to push. */
function isOutput(t: ExecutionContext, ...after: string[]): void {
  const printed = logged('error', 'failed to push image: PUT http://r:5000/v2/a/manifests/1 401: no\n');
  const { title, kind } = causeOf([...build, printed, ...after]);
  t.not(kind, 'registry-auth');
  t.notRegex(title, /401/);
}

test('what a RUN prints is not taken for the failure, where more follows', isOutput, logged('info', 'more\n'));
test(
  'nor where the RUN fails then',
  isOutput,
  logged('error', 'Command exited with 1\n'),
  logged(
    'error',
    'failed to execute build plan: execute stage: build stage 0: build node: do execute: execute step: cmd wait: exit status 1',
  ),
);

test('after the build no line is the output of a RUN', (t) => {
  const reader = readerNamed('makisu');
  for (const line of [...build, built, logged('error', 'Failed to push cache: PUT http://r/ 500: no\n')]) reader.line(line);
  t.is(reader.progress().notes?.length, 1);
});

test('a failure that ends with the words of a server is shown as an error', (t) => {
  t.regex(makisuShown(logged('error', 'failed to push image: PUT http://r/ 500: no\n'))[0] ?? '', /^error: /);
  t.deepEqual(makisuShown(logged('error', 'make: failed\n')), ['make: failed']);
});
