import test from 'ava';
import { pullConfigIssue, pullLogins } from '../../src/core/pull-config.ts';

const config = (entry: unknown) => JSON.stringify({ auths: { 'a.example': entry } });
const auth = Buffer.from('ada:s:3').toString('base64');
const whole = { username: 'ada', password: 's:3', auth };

test('a login is written with user, password and auth, whichever it has', (t) => {
  for (const entry of [{ auth }, { username: 'ada', password: 's:3' }, { auth, username: 'ada', password: 's:3' }])
    t.deepEqual(pullLogins(config(entry)), { 'a.example': whole });
  t.deepEqual(pullLogins(config({ auth, email: 'a@b.c' })), { 'a.example': { email: 'a@b.c', ...whole } });
});

test('a login that nodes cannot use is refused with the remedy, and not quoted', (t) => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ identitytoken: 'tok' }, /for "a\.example": nodes do not support `identitytoken`; give a user and a password/],
    [{}, /give `username` and `password`, or `auth`; Docker may keep them in a credential store/],
    [null, /give `username`/],
    [{ username: 'ada' }, /give `username`/],
    [{ auth: Buffer.from('no colon').toString('base64') }, /`auth` must be USER:PASSWORD in base64/],
  ];
  for (const [entry, message] of refused) {
    t.regex(pullConfigIssue(config(entry)) ?? '', message);
    t.notRegex(pullConfigIssue(config(entry)) ?? '', /tok"|no colon/);
  }
  t.is(pullConfigIssue(config(whole)), undefined);
  for (const text of ['', '{}', '[]', 'null', '{"auths": []}', '{"auths"'])
    t.regex(pullConfigIssue(text) ?? '', /is not a Docker configuration/);
});
