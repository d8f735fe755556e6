import test from 'ava';
import { HttpError } from '../../src/clients/http/http-error.ts';
import { loggedMessage, messageOf, UserError } from '../../src/core/errors.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

const says = test.macro((t, thrown: unknown, message: string) => {
  t.is(messageOf(thrown), message);
});

const inside = (name: string) => `an unexpected error in coxswain itself (${name}), which is a bug: please report it`;
const missing = undefined as unknown as { readonly x: string };
test('our own words stay as they are', says, new UserError('Which run? Try `runs`.'), 'Which run? Try `runs`.');
test(
  'a fault of the code',
  says,
  thrownBy(() => missing.x),
  inside('TypeError'),
);
test(
  'text that is no JSON',
  says,
  thrownBy(() => JSON.parse('{"a":')),
  'it is not JSON, or was cut off',
);
test(
  'an address that is none',
  says,
  thrownBy(() => new URL('http://a:99999/')),
  '"http://a:99999/" is not a valid URL',
);
test(
  'a wrapper of fetch',
  says,
  new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
  'the server refuses the connection (ECONNREFUSED): nothing is listening on this port',
);
test(
  'what a library has wrapped is told in our words',
  says,
  Object.assign(new Error('A request error occurred: fetch failed'), {
    code: 'slack_webapi_request_error',
    original: new HttpError('slack.com has no address', { retry: true }),
  }),
  'slack.com has no address',
);
test('no message', says, new Error(''), 'an error without a message (Error)');
test('no message but a code', says, Object.assign(new Error(''), { code: 'E_ODD' }), 'an error without a message (E_ODD)');
test('nothing', says, undefined, 'undefined');
test('an object', says, {}, 'an error without a message');
test('a timeout', says, new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'there was no answer in time');

const failedAt = (address: string, code: string) => Object.assign(new Error(`connect ${code} ${address}:80`), { code, address });
test(
  'several addresses that failed alike are named once, with the reason',
  says,
  new AggregateError([failedAt('::1', 'ECONNREFUSED'), failedAt('127.0.0.1', 'ECONNREFUSED')]),
  'the server refuses the connection (ECONNREFUSED) at ::1 and 127.0.0.1: nothing is listening on this port',
);
test(
  'several addresses that failed differently are each named with their reason',
  says,
  new AggregateError([failedAt('::1', 'ENETUNREACH'), failedAt('10.0.0.1', 'ETIMEDOUT')]),
  'the server cannot be reached at any address; ::1 cannot be reached from this machine (ENETUNREACH); 10.0.0.1 does not answer (ETIMEDOUT)',
);
test('other errors at once are joined', says, new AggregateError([new Error('a'), new UserError('b')]), 'a; b');

test('a circle of causes ends', (t) => {
  const error = new TypeError('fetch failed');
  error.cause = error;
  t.is(messageOf(error), inside('TypeError'));
});

test('the log keeps the place in the code', (t) => {
  const error = thrownBy(() => missing.x);
  t.regex(loggedMessage(error), /^an unexpected error in coxswain itself .*\nTypeError: Cannot read properties.*\n +at /s);
  t.is(loggedMessage(new UserError('b')), 'b');
});
