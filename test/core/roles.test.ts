import test from 'ava';
import { type Members, roles } from '../../src/core/roles.ts';

const groups: Members = { usersOf: async (group) => (group === 'S0123OPS' ? ['U0123ADA'] : []) };

/** Roles where nobody is an approver. */
const given = ({ operators }: { operators: string[] }, ...rest: [Members, (() => number)?]) => roles({ operators, approvers: [] }, ...rest);

/** Members that count how often they are asked, and fail while `trouble` is set. */
function countedMembers() {
  const state = { asked: 0, trouble: false };
  const usersOf = async () => {
    state.asked += 1;
    if (state.trouble) throw new Error('ratelimited');
    return ['U0123ADA'];
  };
  return { state, members: { usersOf } };
}

test('without operators everyone is one', async (t) => {
  t.deepEqual(await given({ operators: [] }, groups).operator('U1'), { allowed: true, why: 'people.operators is empty, so everyone is' });
});

test('a person named is one, and so is a member of a group named', async (t) => {
  const { operator } = given({ operators: ['U0456LIN', 'S0123OPS'] }, groups);
  t.deepEqual(await operator('U0456LIN'), { allowed: true, why: 'people.operators names you' });
  t.like(await operator('U0123ADA'), { allowed: true });
  t.like(await operator('U0789GUEST'), {
    allowed: false,
    why: 'people.operators names <@U0456LIN>, <!subteam^S0123OPS>, and you are not among them',
    next: 'Ask one of them.',
  });
});

test('a group is asked for once in five minutes', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  await Promise.all([operator('U0123ADA'), operator('U2')]);
  time = 299_999;
  await operator('U2');
  t.is(state.asked, 1);
  time = 300_000;
  await operator('U2');
  t.is(state.asked, 2);
});

test('while Slack does not say who is in a group, those who were in it still are, for an hour', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  t.true((await operator('U0123ADA')).allowed);
  state.trouble = true;
  for (time = 400_000; time < 3_600_000; time += 100_000) t.true((await operator('U0123ADA')).allowed);
  time = 3_700_000;
  t.like(await operator('U0123ADA'), { allowed: false, unsure: true });
});

test('while Slack never said who is in a group, nobody is, and the reason is said; the next try asks again', async (t) => {
  const { state, members } = countedMembers();
  state.trouble = true;
  const { operator } = given({ operators: ['S1'] }, members);
  t.like(await operator('U0123ADA'), {
    allowed: false,
    why: 'people.operators names <!subteam^S1>, and you are not among them; Slack did not say who is in <!subteam^S1> (ratelimited)',
  });
  state.trouble = false;
  t.true((await operator('U0123ADA')).allowed);
});

test('of many who are named some are, and the others counted', async (t) => {
  const { why } = await given({ operators: Array.from({ length: 12 }, (_, n) => `U${n}`) }, groups).operator('U0789GUEST');
  t.regex(why, /<@U0>.*<@U9> and 2 more, and you are not among them$/);
});

test('where nobody is an approver, the next step is another one', async (t) => {
  t.regex((await given({ operators: [] }, groups).approver('U1', [])).next ?? '', /names some in its configuration/);
});
