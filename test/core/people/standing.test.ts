import test from 'ava';
import { RateLimited } from '../../../src/core/chat.ts';
import {
  type Account,
  type Directory,
  demandStanding,
  NotAnswered,
  type Standing,
  standings,
  type Welcome,
} from '../../../src/core/people/standing.ts';

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
  async (t, { account = {}, welcome = {}, named, user = 'U1' }: Case, kind: Standing['kind'], why: RegExp = /^$/) => {
    const found = await standings({ ...nobodyElse, ...welcome }, directory(account))(user, 'fresh', named);
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
  const found = await standings(nobodyElse, silent)('U1', 'fresh');
  t.deepEqual(found, {
    kind: 'unsure',
    why: 'Slack did not tell me who you are (rate limited for 3 s), so nothing was done: try again in 3 s.',
  });
});

test('an account is asked for afresh for a decision, and remembered for five minutes for anything else', async (t) => {
  let time = 0;
  const known = directory({});
  const standing = standings(nobodyElse, known, () => time);
  await standing('U1', 'remembered');
  for (time = 10_000; time < 300_000; time += 10_000) await standing('U1', 'remembered');
  t.is(known.asked, 1);
  await standing('U1', 'fresh');
  t.is(known.asked, 2);
});

test('who is nobody is refused without a word, all others with their sentence', async (t) => {
  const silent = await t.throwsAsync(
    demandStanding(async () => ({ kind: 'nobody' }), 'U1', 'fresh'),
    { instanceOf: NotAnswered },
  );
  t.true(silent?.silent);
  const told = await t.throwsAsync(
    demandStanding(async () => ({ kind: 'refused', why: 'Not you.' }), 'U1', 'fresh'),
    { instanceOf: NotAnswered },
  );
  t.like(told, { silent: false, message: 'Not you.' });
  await t.notThrowsAsync(demandStanding(async () => ({ kind: 'member' }), 'U1', 'fresh'));
});
