import bolt from '@slack/bolt';
import test from 'ava';
import { appToken, botToken, button, section, start } from './_slack.ts';

/** The real Bolt, over Socket Mode, against a stand-in. */
async function world() {
  const standIn = await start();
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    logLevel: bolt.LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: standIn.url } },
  });
  const app = new bolt.App({
    token: botToken,
    receiver,
    convoStore: false,
    logLevel: bolt.LogLevel.ERROR,
    clientOptions: { slackApiUrl: standIn.url },
  });
  const stop = async () => {
    await app.stop();
    await standIn.close();
  };
  return { app, slack: standIn.slack, stop };
}

test('Bolt connects, acknowledges a command, answers, and keeps its message current', async (t) => {
  const { app, slack, stop } = await world();
  t.teardown(stop);
  app.command('/cox', async ({ ack, respond, client, command }) => {
    await ack({ text: `started by ${command.user_name}: ${command.text}` });
    const posted = await client.chat.postMessage({
      channel: command.channel_id,
      text: 'one',
      metadata: { event_type: 'run', event_payload: { uid: 'u1' } },
    });
    await client.chat.update({ channel: command.channel_id, ts: posted.ts ?? '', text: 'two', blocks: [section('two')] });
    await respond({ text: 'later' });
  });
  await app.start();
  t.is(slack.connections(), 1);
  t.deepEqual(await slack.type('U0123ADA', 'ci', '/cox run @lin #ci a&b'), { ok: true });
  await slack.until(() => slack.ephemerals('U0123ADA').some((one) => one.text === 'later'));
  t.is(slack.ephemerals('U0123ADA')[0]?.text, 'started by ada: run <@U0456LIN|lin> <#C0123CICD|ci> a&amp;b');
  const [message, ...others] = slack.messages('ci');
  t.is(others.length, 0);
  t.is(message?.text, 'two');
  t.is(message?.revision, 2);
  t.deepEqual(message?.metadata, { event_type: 'run', event_payload: { uid: 'u1' } });
});

test('Bolt hears a mention and a press, and opens a modal that a person submits', async (t) => {
  const { app, slack, stop } = await world();
  t.teardown(stop);
  app.event('app_mention', async ({ event, say }) => {
    await say({
      text: 'choose',
      thread_ts: event.ts,
      blocks: [section('choose'), { type: 'actions' as const, elements: [button('Approve', 'approve runner-1')] }],
    });
  });
  app.action('approve runner-1', async ({ ack, client, body }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const input = {
      type: 'input' as const,
      block_id: 'why',
      label: { type: 'plain_text' as const, text: 'Why' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    };
    const title = { type: 'plain_text' as const, text: 'Approve' };
    await client.views.open({
      trigger_id: body.trigger_id,
      view: { type: 'modal', callback_id: 'approve', title, submit: title, blocks: [input] },
    });
  });
  app.view('approve', async ({ ack, view }) => {
    const why = view.state.values.why?.text?.value ?? '';
    if (why === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else await ack();
  });
  await app.start();
  const said = await slack.type('U0456LIN', 'ci', '@coxswain status');
  const reply = await slack.until(() => (said.ok && said.ts ? slack.replies(said.ts)[0] : undefined));
  t.deepEqual(await slack.press('U0456LIN', { ts: reply.ts, action: 'Approve' }), { ok: true });
  await slack.until(() => slack.modals('U0456LIN')[0]);
  t.deepEqual(await slack.submitView('U0456LIN', { why: '' }), { ok: false, error: 'errors' });
  t.deepEqual(await slack.submitView('U0456LIN', { why: 'no' }), { ok: false, error: 'errors' });
  t.deepEqual(slack.modals('U0456LIN')[0]?.errors, { why: 'Say more.' });
  t.deepEqual(await slack.submitView('U0456LIN', { why: 'it works' }), { ok: true });
  t.deepEqual(slack.modals('U0456LIN'), []);
});

test('Bolt uploads a file into a thread', async (t) => {
  const { app, slack, stop } = await world();
  t.teardown(stop);
  const posted = await app.client.chat.postMessage({ channel: '#ci', text: 'run' });
  const { channel = '', ts = '' } = posted;
  await app.client.filesUploadV2({
    channel_id: channel,
    thread_ts: ts,
    filename: 'build.log',
    content: 'step 1/2\n',
    initial_comment: 'The whole log',
  });
  const [reply] = slack.replies(ts);
  t.is(reply?.text, 'The whole log');
  t.is(slack.file(reply?.files?.[0]?.id ?? '')?.content.toString(), 'step 1/2\n');
});
