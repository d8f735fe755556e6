import test from 'ava';
import { acceptBlocks, blockProblems } from '../../src/slack/blocks.ts';
import { SlackError } from '../../src/slack/errors.ts';
import { button, call, section, start } from './_slack.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

const refused = test.macro<[block: object, ...problems: string[]]>({
  exec: (t, block, ...problems) => t.deepEqual(blockProblems([block], 50), problems),
  title: (name) => name ?? '',
});

test(
  'a section has at most 3000 characters',
  refused,
  section('x'.repeat(3001)),
  'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
);
test('a text is not empty', refused, section(''), 'must be more than 0 characters [json-pointer:/blocks/0/text/text]');
test('a section needs a text or fields', refused, { type: 'section' }, 'missing required field: text [json-pointer:/blocks/0]');
test(
  'a section has at most ten fields',
  refused,
  { type: 'section', fields: many(11, () => plain('x')) },
  'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
);
test(
  'a header is plain text',
  refused,
  { type: 'header', text: { type: 'mrkdwn', text: 'x' } },
  'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
);
test(
  'a header has at most 150 characters',
  refused,
  { type: 'header', text: plain('x'.repeat(151)) },
  'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
);
test(
  'an actions block has at most 25 elements',
  refused,
  actions(...many(26, (index) => button('x', `a${index}`))),
  'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
);
test(
  'the value of a button has at most 2000 characters',
  refused,
  actions({ ...button('x', 'a'), value: 'x'.repeat(2001) }),
  'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
);
test(
  'an action_id stands once in a block',
  refused,
  actions(button('x', 'a'), button('y', 'a')),
  '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
);
test(
  'a confirm dialog has all its texts',
  refused,
  actions({ ...button('x', 'a'), confirm: { title: plain('x'), text: plain('x'), confirm: plain('x') } }),
  'missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]',
);
test(
  'a context has at most ten elements',
  refused,
  { type: 'context', elements: many(11, () => plain('x')) },
  'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
);
test(
  'a text input does not stand in actions',
  refused,
  actions({ type: 'plain_text_input', action_id: 'a' }),
  'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
);
test('a block of no known type is refused', refused, { type: 'toString' }, 'unsupported type: toString [json-pointer:/blocks/0/type]');

test('a message has at most fifty blocks', (t) => {
  t.deepEqual(
    blockProblems(
      many(51, () => section('x')),
      50,
    ),
    ['no more than 50 items allowed [json-pointer:/blocks]'],
  );
});

test('missing ids are filled in', (t) => {
  let count = 0;
  const [block] = acceptBlocks([actions({ type: 'button', text: plain('x') })], 50, () => `id${++count}`);
  t.like(block, { block_id: 'id1', elements: [{ action_id: 'id2' }] });
});

test('a call is refused with every detail', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const { body } = await call(standIn, 'chat.postMessage', { channel: 'ci', text: 'x', blocks: [section(''), { type: 'nope' }] });
  t.is(body.error, 'invalid_blocks');
  t.deepEqual(body.response_metadata.messages, [
    '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    '[ERROR] unsupported type: nope [json-pointer:/blocks/1/type]',
  ]);
  t.is((await call(standIn, 'chat.postMessage', { channel: 'ci', text: 'x', blocks: 'nonsense' })).body.error, 'invalid_blocks_format');
  t.throws(
    () =>
      acceptBlocks(
        many(2, () => ({ type: 'markdown', text: 'x'.repeat(7000) })),
        50,
        () => 'x',
      ),
    { instanceOf: SlackError, message: 'msg_blocks_too_long' },
  );
});
