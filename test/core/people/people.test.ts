import test from 'ava';
import { RateLimited } from '../../../src/core/chat.ts';
import { inDecision } from '../../../src/core/concurrency/expiring-cache.ts';
import {
  type Account,
  type Directory,
  demandMember,
  type Membership,
  membershipCheck,
  NotAnswered,
  type Welcome,
} from '../../../src/core/people/membership.ts';
import { type Members, roles } from '../../../src/core/people/roles.ts';
import { allMembers } from '../known-people.ts';

const groups: Members = { usersOf: async (group) => (group === 'S0123OPS' ? ['U0123ADA'] : []) };

/** Roles where nobody is an approver. */
const given = ({ operators }: { operators: string[] }, members: Members, now?: () => number) =>
  roles({ operators, approvers: [] }, members, allMembers, now);

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
  t.deepEqual(await given({ operators: [] }, groups).operator('U1'), {
    allowed: true,
    why: 'people.operators is empty, so everyone is one',
  });
});

test('a person named is one, and so is a member of a group named', async (t) => {
  const { operator } = given({ operators: ['U0456LIN', 'S0123OPS'] }, groups);
  t.deepEqual(await operator('U0456LIN'), { allowed: true, why: 'people.operators lists you' });
  t.like(await operator('U0123ADA'), { allowed: true });
  t.like(await operator('U0789GUEST'), {
    allowed: false,
    why: 'people.operators lists <@U0456LIN>, <!subteam^S0123OPS>, and you are not among them',
    next: 'Ask one of them.',
  });
});

test('for what changes nothing a group is asked for once in five minutes', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  await Promise.all([operator('U0123ADA', 'remembered'), operator('U2', 'remembered')]);
  time = 299_999;
  await operator('U2', 'remembered');
  t.is(state.asked, 1);
  time = 300_000;
  await operator('U2', 'remembered');
  t.is(state.asked, 2);
});

test('for a decision a group is asked for afresh, once for all of it; those who decide at once share the question', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  await Promise.all(['U0123ADA', 'U2', 'U3', 'U4'].map((user) => inDecision(() => operator(user))));
  t.is(state.asked, 2, 'the first one, and the rest after it');
  await inDecision(async () => {
    for (const user of ['U0123ADA', 'U2']) await operator(user);
    t.is(state.asked, 3);
    time = 2_000;
    await operator('U0123ADA');
    t.is(state.asked, 4, 'a decision that takes long asks again');
  });
});

test('while Slack does not say who is in a group, nobody decides; what changes nothing goes by what it said within the hour', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  t.true((await operator('U0123ADA')).allowed);
  state.trouble = true;
  for (time = 400_000; time < 3_600_000; time += 100_000) {
    t.true((await operator('U0123ADA', 'remembered')).allowed);
    t.like(await operator('U0123ADA'), { allowed: false, unsure: true });
  }
  time = 3_700_000;
  t.like(await operator('U0123ADA', 'remembered'), { allowed: false, unsure: true });
});

test('a remembered answer does not wait for Slack each time while it is silent', async (t) => {
  const { state, members } = countedMembers();
  let time = 0;
  const { operator } = given({ operators: ['S1'] }, members, () => time);
  await operator('U0123ADA');
  state.trouble = true;
  for (time = 300_000; time < 330_000; time += 1_000) await operator('U0123ADA', 'remembered');
  t.is(state.asked, 2);
});

test('where Slack never said who is in a group, that is no no, the reason is said, and the next try asks again', async (t) => {
  const { state, members } = countedMembers();
  state.trouble = true;
  const { operator } = given({ operators: ['S1'] }, members);
  t.deepEqual(await operator('U0123ADA'), {
    allowed: false,
    why: 'people.operators lists <!subteam^S1>, and Slack did not return the members of <!subteam^S1> (ratelimited)',
    next: 'Nothing was done: try again in a moment.',
    unsure: true,
  });
  state.trouble = false;
  t.true((await operator('U0123ADA')).allowed);
});

test('where Slack asks to wait, the person is told how long', async (t) => {
  const { operator } = given({ operators: ['S1'] }, { usersOf: () => Promise.reject(new RateLimited(12_400)) });
  t.regex((await operator('U1')).next ?? '', /try again in 13 s\.$/);
});

const without = test.macro(async (t, membership: Membership, expected: object) => {
  const people = { operators: ['U0123ADA', 'S0123OPS'], approvers: ['S0123OPS'] };
  const { operator, approver } = roles(people, groups, async () => membership);
  t.like(await operator('U0123ADA'), expected);
  t.like(await approver('U0123ADA', []), expected);
  t.like(await roles({ ...people, operators: [] }, groups, async () => membership).operator('U0123ADA'), expected);
});

test('a deactivated account has no role, though it is named and in the group', without, { kind: 'nobody' }, { allowed: false });
test(
  'who is of another workspace has none',
  without,
  { kind: 'refused', why: 'You are from another one.' },
  { why: 'You are from another one' },
);
test('of whom Slack says nothing it is not known', without, { kind: 'unsure', why: 'Silence.' }, { allowed: false, unsure: true });

test('of many who are named some are, and the others counted', async (t) => {
  const { why } = await given({ operators: Array.from({ length: 12 }, (_, n) => `U${n}`) }, groups).operator('U0789GUEST');
  t.regex(why, /<@U0>.*<@U9> and 2 more, and you are not among them$/);
});

test('where nobody is an approver, the next step is another one', async (t) => {
  t.regex((await given({ operators: [] }, groups).approver('U1', [])).next ?? '', /can add some to its configuration/);
});

const member: Account = { teams: ['T1'], isBot: false, isDeactivated: false, isGuest: false };
const nobodyElse: Welcome = { workspaces: [], guests: false };

function directory(account: Partial<Account>): Directory & { asked: number } {
  const known = {
    asked: 0,
    home: async () => 'T1',
    account: async () => {
      known.asked += 1;
      return { ...member, ...account };
    },
  };
  return known;
}

interface Case {
  readonly account?: Partial<Account>;
  readonly welcome?: Partial<Welcome>;
  /** Workspaces that the message names. */
  readonly named?: readonly string[];
  readonly user?: string;
}

const stands = test.macro(
  async (t, { account = {}, welcome = {}, named, user = 'U1' }: Case, kind: Membership['kind'], why: RegExp = /^$/) => {
    const found = await membershipCheck({ ...nobodyElse, ...welcome }, directory(account))(user, 'fresh', named);
    t.is(found.kind, kind);
    t.regex('why' in found ? found.why : '', why);
  },
);

test('a member of the own workspace is answered', stands, {}, 'member');
test('… also where the message names it', stands, { named: ['T1'] }, 'member');
test(
  'who is of another workspace is refused',
  stands,
  { account: { teams: ['T2'] } },
  'refused',
  /you are from another one.*people\.workspaces/,
);
test('… also where the message names ours', stands, { account: { teams: ['T2'] }, named: ['T1'] }, 'refused', /another one/);
test('who is a stranger by the message alone is refused', stands, { named: ['T1', 'T2'] }, 'refused', /another one/);
test('who is of no workspace that Slack shows is refused', stands, { account: { teams: [] } }, 'refused', /another one/);
test(
  'a workspace that is named in the configuration is welcome',
  stands,
  { account: { teams: ['T2'] }, welcome: { workspaces: ['T2'] } },
  'member',
);
test('… and ours stays so', stands, { welcome: { workspaces: ['T2'] } }, 'member');
test(
  'in an organization one may be in several workspaces, and speak out of another one',
  stands,
  { account: { teams: ['T3', 'T1', 'E1'] }, named: ['T3', 'E1'] },
  'member',
);
test('of an organization the other workspaces are not ours', stands, { account: { teams: ['T3', 'E1'] } }, 'refused', /another one/);
test('… unless it is named', stands, { account: { teams: ['T3', 'E1'] }, welcome: { workspaces: ['E1'] } }, 'member');
test('a guest is refused', stands, { account: { isGuest: true } }, 'refused', /^I only answer guests .*people\.guests/);
test('guests are answered where that is said', stands, { account: { isGuest: true }, welcome: { guests: true } }, 'member');
test('… or this one', stands, { account: { isGuest: true }, welcome: { guests: ['U1'] } }, 'member');
test('… and no other', stands, { account: { isGuest: true }, welcome: { guests: ['U2'] } }, 'refused', /^I only answer guests/);
test(
  'a guest of another workspace is a stranger',
  stands,
  { account: { teams: ['T2'], isGuest: true }, welcome: { guests: true } },
  'refused',
  /another/,
);
test('a bot is nobody', stands, { account: { isBot: true } }, 'nobody');
test('a deactivated account is nobody', stands, { account: { isDeactivated: true } }, 'nobody');
test('Slack itself is nobody', stands, { user: 'USLACKBOT' }, 'nobody');

test('where Slack does not say who it is, nobody is answered, and it says when to try again', async (t) => {
  const silent = { home: async () => 'T1', account: () => Promise.reject(new RateLimited(3_000)) };
  const found = await membershipCheck(nobodyElse, silent)('U1', 'fresh');
  t.deepEqual(found, {
    kind: 'unsure',
    why: 'Slack did not tell me who you are (rate limited for 3 s), so nothing was done: try again in 3 s.',
  });
});

test('an account is asked for afresh for a decision, and remembered for five minutes for anything else', async (t) => {
  let time = 0;
  const known = directory({});
  const membership = membershipCheck(nobodyElse, known, () => time);
  await membership('U1', 'remembered');
  for (time = 10_000; time < 300_000; time += 10_000) await membership('U1', 'remembered');
  t.is(known.asked, 1);
  await membership('U1', 'fresh');
  t.is(known.asked, 2);
});

test('who is nobody is refused without a word, all others with their sentence', async (t) => {
  const silent = await t.throwsAsync(
    demandMember(async () => ({ kind: 'nobody' }), 'U1', 'fresh'),
    { instanceOf: NotAnswered },
  );
  t.true(silent?.silent);
  const told = await t.throwsAsync(
    demandMember(async () => ({ kind: 'refused', why: 'Not you.' }), 'U1', 'fresh'),
    { instanceOf: NotAnswered },
  );
  t.like(told, { silent: false, message: 'Not you.' });
  await t.notThrowsAsync(demandMember(async () => ({ kind: 'member' }), 'U1', 'fresh'));
});
