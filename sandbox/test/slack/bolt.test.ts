import test from 'ava';
import { asksWhy, boltFor } from './_bolt.ts';
import { section, start } from './_slack.ts';

async function world() {
  const standIn = await start();
  const app = boltFor(standIn);
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
  asksWhy(app);
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
