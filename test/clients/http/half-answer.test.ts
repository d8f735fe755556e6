import test from 'ava';
import { z } from 'zod';
import { HalfAnswer, jsonAnswer, wholeAnswer } from '../../../src/clients/http/half-answer.ts';

const release = z.object({ id: z.number(), assets: z.array(z.object({ name: z.string() })) });
const from = { host: 'api.github.com', about: 'the release v1.2.0' };

test('a whole answer is data', (t) => {
  t.deepEqual(wholeAnswer(release, { id: 1, assets: [{ name: 'a' }] }, from), { id: 1, assets: [{ name: 'a' }] });
});

const refused = test.macro((t, data: unknown, problem: string) => {
  const error = t.throws(() => wholeAnswer(release, data, from), { instanceOf: HalfAnswer });
  t.is(error?.message, `api.github.com sent half an answer about the release v1.2.0: ${problem}`);
  t.true(error?.retry, 'the same request may succeed later');
});

test('an empty body is no data', refused, '', 'it is empty');
test('a page is no data', refused, '<html>', 'it is text instead of JSON');
test('null is no data', refused, null, 'it is null');
test('a list in place of an object is no data', refused, [], 'it is a list of another shape');
test('an element of another shape is named', refused, { id: 1, assets: [null] }, '"assets.0" is not as its API describes');

test('a body that is cut off is no JSON', (t) => {
  t.throws(() => jsonAnswer('{"id": 1, "ass', from), { instanceOf: HalfAnswer, message: /it is not JSON, or was cut off$/ });
  t.throws(() => jsonAnswer(' ', from), { instanceOf: HalfAnswer, message: /it is empty$/ });
  t.deepEqual(jsonAnswer('{"id":1}', from), { id: 1 });
});
