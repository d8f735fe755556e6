import test from 'ava';
import { readChallenges } from '../../../src/clients/registry/challenge.ts';

const reads = test.macro((t, header: string, expected: readonly (readonly [string, Record<string, string>])[]) => {
  t.deepEqual(
    readChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]),
    expected.map(([scheme, parameters]) => [scheme, parameters]),
  );
});

test('Basic', reads, 'Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]);
test('Bearer', reads, 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"', [
  ['bearer', { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' }],
]);
test('two in one header', reads, 'Basic realm="x", Bearer realm="y"', [
  ['basic', { realm: 'x' }],
  ['bearer', { realm: 'y' }],
]);
test('without quotes, with blanks and escapes', reads, 'bearer REALM = y, service="a \\"b\\""', [
  ['bearer', { realm: 'y', service: 'a "b"' }],
]);
test('nothing', reads, '', []);
