import test from 'ava';
import { botToken, button, call, manifest, section, start } from './_slack.ts';
import { connect } from './_socket.ts';

async function world(options: Parameters<typeof start>[0] = {}) {
  const standIn = await start(options);
  const link = await connect(standIn);
  await link.next();
  return { standIn, slack: standIn.slack, link };
}

test('users, channels and markup in a command are escaped as the manifest asks', async (t) => {
  const { standIn, slack, link } = await world();
  t.teardown(standIn.close);
  void slack.type('U0123ADA', 'ci', '/cox run @lin #general <b> & https://a.b/c @nobody');
  const { payload } = await link.next();
  t.is(payload.text, 'run <@U0456LIN|lin> <#C0456GENERAL|general> &lt;b&gt; &amp; <https://a.b/c> @nobody');
  t.like(payload, { command: '/cox', user_id: 'U0123ADA', user_name: 'ada', channel_id: 'C0123CICD', channel_name: 'ci' });
});

test('without should_escape a command arrives as it was typed', async (t) => {
  const commands = [{ command: '/cox', description: 'x', should_escape: false }];
  const { standIn, slack, link } = await world({ manifest: { ...manifest, features: { ...manifest.features, slash_commands: commands } } });
  t.teardown(standIn.close);
  void slack.type('U0123ADA', 'ci', '/cox run @lin');
  t.is((await link.next()).payload.text, 'run @lin');
});

test('a command in a thread, and one that no app has, are refused by Slack itself', async (t) => {
  const { standIn, slack } = await world();
  t.teardown(standIn.close);
  const said = await slack.type('U0123ADA', 'general', 'hello');
  t.deepEqual(await slack.type('U0123ADA', 'general', '/cox status', said.ok ? said.ts : ''), {
    ok: false,
    error: 'not_supported_in_threads',
  });
  t.deepEqual(await slack.type('U0123ADA', 'general', '/nope'), { ok: false, error: 'unknown_command' });
  const [inThread, unknown] = slack.ephemerals('U0123ADA');
  t.is(inThread?.text, '/cox is not supported in threads. Sorry!');
  t.is(inThread?.thread_ts, said.ok ? said.ts : '');
  t.regex(unknown?.text ?? '', /^\/nope is not a valid command/);
});

test('an event comes only where the manifest subscribes to it and the bot is in the channel', async (t) => {
  const { standIn, slack, link } = await world();
  t.teardown(standIn.close);
  await slack.type('U0123ADA', 'ci', 'no mention');
  await slack.type('U0123ADA', 'quiet', '@coxswain are you here?');
  t.regex(slack.ephemerals('U0123ADA')[0]?.text ?? '', /not in this channel/);
  void slack.type('U0123ADA', 'ci', '@coxswain last');
  t.is((await link.next()).payload.event.text, '<@U0COXSWAIN> last');
});

test('a direct message and the Home tab reach the app', async (t) => {
  const { standIn, slack, link } = await world();
  t.teardown(standIn.close);
  const { id } = slack.direct('U0456LIN');
  void slack.type('U0456LIN', id, 'status');
  const message = await link.next();
  t.like(message.payload.event, { type: 'message', channel_type: 'im', text: 'status', channel: id });
  link.ack(message);
  void slack.openHome('U0456LIN');
  t.like((await link.next()).payload.event, { type: 'app_home_opened', tab: 'home', user: 'U0456LIN' });
});

test('a press carries the button, the message and a trigger that opens one modal in time', async (t) => {
  const { standIn, slack, link } = await world({ patienceMs: 20_000 });
  t.teardown(standIn.close);
  const blocks = [section('x'), { type: 'actions', block_id: 'do', elements: [button('Cancel', 'cancel runner-1')] }];
  const { ts } = (await call(standIn, 'chat.postMessage', { channel: 'C0123CICD', text: 'x', blocks })).body;
  const pressed = slack.press('U0456LIN', { ts, action: 'Cancel' });
  const envelope = await link.next();
  t.like(envelope.payload, { type: 'block_actions', container: { message_ts: ts, channel_id: 'C0123CICD' } });
  t.like(envelope.payload.actions[0], { action_id: 'cancel runner-1', block_id: 'do', value: 'cancel runner-1', type: 'button' });
  link.ack(envelope);
  t.deepEqual(await pressed, { ok: true });
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Sure?' }, blocks: [section('x')] };
  const open = () => call(standIn, 'views.open', { trigger_id: envelope.payload.trigger_id, view });
  t.true((await open()).body.ok);
  t.is((await open()).body.error, 'exchanged_trigger_id');
  t.is((await call(standIn, 'views.open', { trigger_id: 'x', view })).body.error, 'invalid_trigger_id');
});

test('a press that nobody acknowledges leaves a warning, which the next good press takes away', async (t) => {
  const { standIn, slack, link } = await world({ patienceMs: 100 });
  t.teardown(standIn.close);
  const blocks = [{ type: 'actions', elements: [button('Cancel', 'cancel')] }];
  const { ts } = (await call(standIn, 'chat.postMessage', { channel: 'ci', text: 'x', blocks })).body;
  const pressed = slack.press('U0456LIN', { ts, action: 'cancel' });
  const { payload } = await link.next();
  t.deepEqual(await pressed, { ok: false, error: 'operation_timeout' });
  t.regex(slack.warnings('U0456LIN')[0]?.text ?? '', /operation_timeout/);
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Sure?' }, blocks: [section('x')] };
  t.is((await call(standIn, 'views.open', { trigger_id: payload.trigger_id, view })).body.error, 'expired_trigger_id');
  const again = slack.press('U0456LIN', { ts, action: 'cancel' });
  link.ack(await link.next());
  t.deepEqual(await again, { ok: true });
  t.deepEqual(slack.warnings('U0456LIN'), []);
});

const answer = async (url: string, body: object) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return `${response.status} ${await response.text()}`;
};

test('a response_url answers five times, to the person alone unless it says otherwise', async (t) => {
  const { standIn, slack, link } = await world();
  t.teardown(standIn.close);
  void slack.type('U0123ADA', 'ci', '/cox status');
  const { payload } = await link.next();
  t.is(await answer(payload.response_url, { text: 'one' }), '200 ok');
  t.is(await answer(payload.response_url, { text: 'two', response_type: 'in_channel' }), '200 ok');
  t.is(await answer(payload.response_url, {}), '400 no_text');
  await answer(payload.response_url, { text: 'four' });
  await answer(payload.response_url, { text: 'five' });
  t.is(await answer(payload.response_url, { text: 'six' }), '404 used_url');
  t.deepEqual(
    slack.ephemerals('U0123ADA').map((one) => one.text),
    ['one', 'four', 'five'],
  );
  t.deepEqual(
    slack.messages('ci').map((one) => one.text),
    ['two'],
  );
});

test('a response_url of a button replaces or removes the message that it stands on', async (t) => {
  const { standIn, slack, link } = await world();
  t.teardown(standIn.close);
  const blocks = [{ type: 'actions', elements: [button('Go', 'go')] }];
  await call(standIn, 'chat.postEphemeral', { channel: 'ci', user: 'U0123ADA', text: 'old', blocks }, botToken);
  const { ts = '' } = slack.ephemerals('U0123ADA')[0] ?? {};
  void slack.press('U0123ADA', { ts, action: 'go' });
  const envelope = await link.next();
  await answer(envelope.payload.response_url, { text: 'new', replace_original: true });
  t.like(slack.ephemerals('U0123ADA'), [{ text: 'new', ts }]);
  t.is(slack.ephemerals('U0123ADA')[0]?.blocks, undefined);
  await answer(envelope.payload.response_url, { delete_original: true });
  t.deepEqual(slack.ephemerals('U0123ADA'), []);
});
