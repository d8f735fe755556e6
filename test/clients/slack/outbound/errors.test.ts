import { webApi } from '@slack/bolt';
import test from 'ava';
import { asking, obedient } from '../../../../src/clients/slack/outbound/errors.ts';
import { MaybeSent, RateLimited, Refused } from '../../../../src/core/chat.ts';

const answered = (error: string) => asking('post', () => Promise.reject(new webApi.WebAPIPlatformError({ ok: false, error })));

const passing = test.macro(async (t, ...words: string[]) => {
  for (const word of words) await t.throwsAsync(answered(word), { instanceOf: MaybeSent }, word);
});
test('trouble of Slack passes', passing, 'internal_error', 'service_unavailable', 'update_failed');
test('a move of Slack passes', passing, 'org_login_required', 'team_added_to_org', 'external_channel_migrating');

const forGood = test.macro(async (t, isOfChannel: boolean, ...words: string[]) => {
  for (const word of words) {
    const error = await t.throwsAsync<Refused>(answered(word), { instanceOf: Refused }, word);
    t.is(error?.isOfChannel, isOfChannel, word);
  }
});
test('a channel is shut', forGood, true, 'is_archived', 'not_in_channel', 'channel_not_found', 'restricted_action');
test('a channel is shut to some', forGood, true, 'restricted_action_read_only_channel', 'messages_tab_disabled');
test('nobody is heard with this token', forGood, true, 'account_inactive', 'token_revoked', 'team_disabled', 'user_removed_from_team');
test('one message is refused', forGood, false, 'msg_too_long', 'invalid_blocks', 'msg_blocks_too_long', 'restricted_action_thread_locked');

test('asked to wait, all wait, as long as the longest answer says', async (t) => {
  let time = 0;
  const waits = [300, 100];
  const asked: string[] = [];
  const ask = obedient(
    async (key) => {
      asked.push(key);
      await Promise.resolve();
      const wait = waits.shift();
      if (wait !== undefined) throw new RateLimited(wait);
      return key;
    },
    () => time,
  );
  await Promise.all(['a', 'b'].map((key) => t.throwsAsync(ask(key), { instanceOf: RateLimited })));
  time = 299;
  t.is((await t.throwsAsync(ask('c'), { instanceOf: RateLimited }))?.retryAfterMs, 1);
  time = 300;
  t.is(await ask('d'), 'd');
  t.deepEqual(asked, ['a', 'b', 'd']);
});

test.serial('a clock that is set back makes nobody wait longer', async (t) => {
  let isBusy = true;
  const ask = obedient(async (key) => (isBusy ? Promise.reject(new RateLimited(20)) : key));
  await t.throwsAsync(ask('a'), { instanceOf: RateLimited });
  isBusy = false;
  const { now } = Date;
  t.teardown(() => {
    Date.now = now;
  });
  Date.now = () => now() - 3_600_000;
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.is(await ask('b'), 'b');
});
