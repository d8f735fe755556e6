import test from 'ava';
import { appToken, botToken, call, manifest, section, start } from './_slack.ts';

const channel = 'C0123CICD';

async function world(options: Parameters<typeof start>[0] = {}) {
  const standIn = await start({ limits: { off: true }, ...options });
  const post = async (args: object) => (await call(standIn, 'chat.postMessage', { channel, text: 'x', ...args })).body;
  return { standIn, slack: standIn.slack, post };
}

test('who calls is checked before what is called', async (t) => {
  const { standIn } = await world();
  t.teardown(standIn.close);
  const error = async (method: string, token: string) => (await call(standIn, method, {}, token)).body.error;
  t.is(await error('chat.nope', botToken), 'unknown_method');
  t.is(await error('auth.test', ''), 'not_authed');
  t.is(await error('auth.test', 'xoxb-wrong'), 'invalid_auth');
  t.is(await error('apps.connections.open', botToken), 'not_allowed_token_type');
  t.is(await error('chat.postMessage', appToken), 'not_allowed_token_type');
  t.true((await call(standIn, 'api.test', {}, '')).body.ok);
});

test('auth.test tells who the bot is, and its scopes in a header', async (t) => {
  const { standIn } = await world();
  t.teardown(standIn.close);
  const { body, headers } = await call(standIn, 'auth.test');
  t.like(body, { ok: true, user_id: 'U0COXSWAIN', bot_id: 'B0COXSWAIN', team: 'sandbox' });
  t.deepEqual(headers.get('x-oauth-scopes')?.split(','), manifest.oauth_config.scopes.bot);
  t.like((await call(standIn, 'auth.test', {}, appToken)).body, { ok: true, app_id: 'A0COXSWAIN' });
});

test('a scope that the manifest does not ask for is missing', async (t) => {
  const scopes = { bot: ['chat:write', 'channels:history'] };
  const { standIn } = await world({ manifest: { ...manifest, oauth_config: { scopes } } });
  t.teardown(standIn.close);
  t.like((await call(standIn, 'users.info', { user: 'U0123ADA' })).body, {
    error: 'missing_scope',
    needed: 'users:read',
    provided: 'chat:write,channels:history',
  });
  t.is((await call(standIn, 'conversations.list', { types: 'private_channel' })).body.error, 'missing_scope');
});

test('a message goes where the bot is, by id or by name', async (t) => {
  const archived = { id: 'C0ARCHIVED', name: 'old', kind: 'public' as const, members: ['U0COXSWAIN'], archived: true };
  const quiet = { id: 'C0QUIET', name: 'quiet', kind: 'public' as const, members: [] };
  const ci = { id: channel, name: 'ci', kind: 'public' as const, members: ['U0COXSWAIN'] };
  const { standIn, post } = await world({ workspace: { channels: [ci, quiet, archived] } });
  t.teardown(standIn.close);
  t.is((await post({ channel: '#ci' })).channel, channel);
  t.is((await post({ channel: 'quiet' })).error, 'not_in_channel');
  t.is((await post({ channel: 'old' })).error, 'is_archived');
  t.is((await post({ channel: 'nowhere' })).error, 'channel_not_found');
  t.is((await post({ text: '' })).error, 'no_text');
  t.is((await post({ thread_ts: '1.000001' })).error, 'thread_not_found');
});

test('a long text is cut when it is posted and refused when it is an update', async (t) => {
  const { standIn, slack, post } = await world();
  t.teardown(standIn.close);
  const posted = await post({ text: 'x'.repeat(40_001) });
  t.is(posted.warning, 'message_truncated');
  t.is(slack.messages('ci')[0]?.text.length, 40_000);
  const update = async (text: string) => (await call(standIn, 'chat.update', { channel, ts: posted.ts, text })).body;
  t.is((await update('x'.repeat(4001))).error, 'msg_too_long');
  t.true((await update('x'.repeat(4000))).ok);
});

test('an update without blocks removes them and says edited; with blocks it does not', async (t) => {
  const { standIn, post } = await world();
  t.teardown(standIn.close);
  const { ts } = await post({ blocks: [section('one')] });
  const update = async (args: object) => (await call(standIn, 'chat.update', { channel, ts, text: 'y', ...args })).body.message;
  const withBlocks = await update({ blocks: [section('two')] });
  t.is(withBlocks.blocks?.length, 1);
  t.is(withBlocks.edited, undefined);
  const without = await update({});
  t.is(without.blocks, undefined);
  t.truthy(without.edited);
});

test('the bot changes its own messages only', async (t) => {
  const { standIn, slack } = await world();
  t.teardown(standIn.close);
  const said = await slack.type('U0123ADA', 'ci', 'mine');
  const ts = said.ok ? said.ts : '';
  t.is((await call(standIn, 'chat.update', { channel, ts, text: 'yours' })).body.error, 'cant_update_message');
  t.is((await call(standIn, 'chat.delete', { channel, ts })).body.error, 'cant_delete_message');
  t.is((await call(standIn, 'chat.update', { channel, ts: '1.000001', text: 'x' })).body.error, 'message_not_found');
});

test('metadata comes back only to who asks for all of it; an update keeps it, {} clears it', async (t) => {
  const { standIn, post } = await world();
  t.teardown(standIn.close);
  const metadata = { event_type: 'run', event_payload: { uid: 'u1' } };
  const { ts } = await post({ metadata });
  const read = async (args: object) => (await call(standIn, 'conversations.history', { channel, ...args })).body.messages[0]?.metadata;
  t.is(await read({}), undefined);
  t.deepEqual(await read({ include_all_metadata: 'true' }), metadata);
  await call(standIn, 'chat.update', { channel, ts, text: 'y' });
  t.deepEqual(await read({ include_all_metadata: 'true' }), metadata);
  await call(standIn, 'chat.update', { channel, ts, text: 'z', metadata: {} });
  t.is(await read({ include_all_metadata: 'true' }), undefined);
  t.is((await post({ metadata: { event_type: 'run' } })).error, 'invalid_metadata_schema');
});

test('history is newest first, in pages, without replies; a thread is oldest first with its parent', async (t) => {
  const { standIn, post } = await world();
  t.teardown(standIn.close);
  const { ts } = await post({ text: 'a' });
  for (const text of ['b', 'c']) await post({ text });
  await post({ text: 'reply', thread_ts: ts });
  const history = async (args: object) => (await call(standIn, 'conversations.history', { channel, ...args })).body;
  const first = await history({ limit: '2' });
  t.deepEqual(
    first.messages.map((one) => one.text),
    ['c', 'b'],
  );
  t.true(first.has_more);
  const second = await history({ limit: '2', cursor: first.response_metadata.next_cursor });
  t.like(second, { has_more: false, messages: [{ text: 'a', reply_count: 1 }] });
  t.deepEqual((await history({ latest: ts })).messages, []);
  t.is((await history({ latest: ts, inclusive: 'true' })).messages.length, 1);
  const thread = (await call(standIn, 'conversations.replies', { channel, ts })).body;
  t.deepEqual(
    thread.messages.map((one) => one.text),
    ['a', 'reply'],
  );
  t.is((await call(standIn, 'conversations.replies', { channel, ts: '1.1' })).body.error, 'thread_not_found');
});

test('a mention that would ring somebody is remembered, an escaped one is not', async (t) => {
  const { standIn, slack, post } = await world();
  t.teardown(standIn.close);
  await post({
    text: '&lt;!channel&gt; @here',
    blocks: [section('&lt;@U0123ADA&gt;'), { type: 'header', text: { type: 'plain_text', text: '<!channel>' } }],
  });
  t.deepEqual(slack.pings(), []);
  await post({ text: '<!here> x', blocks: [section('<@U0456LIN> y')] });
  t.deepEqual(
    slack.pings().map((one) => one.mention),
    ['<!here>', '<@U0456LIN>'],
  );
});

test('people, groups and channels can be looked up', async (t) => {
  const { standIn } = await world();
  t.teardown(standIn.close);
  const { body } = await call(standIn, 'users.info', { user: 'U0123ADA' });
  t.like(body.user, { name: 'ada', profile: { display_name: 'ada' } });
  t.false(JSON.stringify(body).includes('ada@example.com'));
  t.deepEqual((await call(standIn, 'usergroups.users.list', { usergroup: 'S0123OPS' })).body.users, ['U0123ADA']);
  t.like((await call(standIn, 'conversations.info', { channel: 'C0789QUIET' })).body.channel, { name: 'quiet', is_member: false });
  t.is((await call(standIn, 'users.info', { user: 'U0' })).body.error, 'user_not_found');
});

test('a JSON body is as good as a form', async (t) => {
  const { standIn, slack } = await world();
  t.teardown(standIn.close);
  const headers = { authorization: `Bearer ${botToken}`, 'content-type': 'application/json; charset=utf-8' };
  const body = JSON.stringify({ channel, text: 'x', blocks: [section('json')] });
  const response = await fetch(`${standIn.url}chat.postMessage`, { method: 'POST', headers, body });
  t.like(await response.json(), { ok: true });
  t.is(slack.messages('ci')[0]?.blocks?.[0]?.type, 'section');
  const broken = await fetch(`${standIn.url}chat.postMessage`, { method: 'POST', headers, body: '{' });
  t.like(await broken.json(), { ok: false, error: 'invalid_json' });
});

test('the bot joins, opens a direct conversation and reacts, where its scopes allow it', async (t) => {
  const bot = [...manifest.oauth_config.scopes.bot, 'channels:join', 'reactions:write'];
  const { standIn, slack, post } = await world({ manifest: { ...manifest, oauth_config: { scopes: { bot } } } });
  t.teardown(standIn.close);
  t.like((await call(standIn, 'conversations.join', { channel: 'C0789QUIET' })).body.channel, { is_member: true });
  t.true((await post({ channel: 'quiet' })).ok);
  const opened = await call(standIn, 'conversations.open', { users: 'U0456LIN' });
  t.deepEqual(opened.body.channel, { id: slack.direct('U0456LIN').id });
  const { ts } = await post({});
  const react = async (method: string) => (await call(standIn, method, { channel, timestamp: ts, name: 'eyes' })).body;
  t.true((await react('reactions.add')).ok);
  t.is((await react('reactions.add')).error, 'already_reacted');
  t.deepEqual(slack.messages('ci')[0]?.reactions, [{ name: 'eyes', users: ['U0COXSWAIN'] }]);
  t.true((await react('reactions.remove')).ok);
  t.is((await react('reactions.remove')).error, 'no_reaction');
});
