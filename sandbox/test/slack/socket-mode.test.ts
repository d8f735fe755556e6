import { once } from 'node:events';
import test from 'ava';
import { WebSocket } from 'ws';
import { call, start } from './_slack.ts';
import { connect } from './_socket.ts';

const quick = { patienceMs: 80 };

test('a connection begins with hello, and its ticket opens no second one', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const first = await connect(standIn);
  t.like(await first.next(), { type: 'hello', num_connections: 1 });
  const again = new WebSocket(first.url);
  const [error] = await once(again, 'error');
  t.regex(String(error), /401/);
});

test('without a connection a command fails as Slack says it', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  t.deepEqual(await standIn.slack.type('U0123ADA', 'ci', '/cox status'), { ok: false, error: 'dispatch_failed' });
  t.is(standIn.slack.ephemerals('U0123ADA')[0]?.text, '/cox failed with the error "dispatch_failed"');
});

test('a command that nobody acknowledges in time fails, and a late acknowledgement changes nothing', async (t) => {
  const standIn = await start(quick);
  t.teardown(standIn.close);
  const link = await connect(standIn);
  await link.next();
  const typed = standIn.slack.type('U0123ADA', 'ci', '/cox status');
  const command = await link.next();
  t.deepEqual(await typed, { ok: false, error: 'operation_timeout' });
  link.ack(command, { text: 'too late' });
  t.true((await call(standIn, 'auth.test')).body.ok);
  t.deepEqual(
    standIn.slack.ephemerals('U0123ADA').map((one) => one.text),
    ['/cox failed with the error "operation_timeout"'],
  );
});

test('an acknowledgement with a text shows it to the person alone', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const link = await connect(standIn);
  await link.next();
  const typed = standIn.slack.type('U0123ADA', 'ci', '/cox status');
  link.ack(await link.next(), { text: 'nothing runs' });
  t.deepEqual(await typed, { ok: true });
  t.is(standIn.slack.ephemerals('U0123ADA')[0]?.text, 'nothing runs');
  t.deepEqual(standIn.slack.ephemerals('U0456LIN'), []);
  t.deepEqual(standIn.slack.messages('ci'), []);
});

test('an event that nobody acknowledges comes again with its attempt', async (t) => {
  const standIn = await start({ ...quick, eventRetries: [0, 10] });
  t.teardown(standIn.close);
  const link = await connect(standIn);
  await link.next();
  void standIn.slack.type('U0123ADA', 'ci', '@coxswain help');
  const [first, second, third] = [await link.next(), await link.next(), await link.next()];
  t.is(first.payload.event.type, 'app_mention');
  t.like(second, { type: 'events_api', retry_attempt: 1, retry_reason: 'timeout' });
  t.like(third, { retry_attempt: 2 });
  t.is(third.payload.event_id, first.payload.event_id);
});

test('an envelope goes to one of several connections', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const links = await Promise.all([connect(standIn), connect(standIn)]);
  for (const link of links) await link.next();
  const typed = standIn.slack.type('U0123ADA', 'ci', '/cox status');
  const [link, command] = await Promise.race(links.map(async (one) => [one, await one.next()] as const));
  link.ack(command);
  t.deepEqual(await typed, { ok: true });
});

test('an eleventh connection is sent away', async (t) => {
  const standIn = await start({ limits: { off: true } });
  t.teardown(standIn.close);
  for (let i = 0; i < 10; i += 1) await connect(standIn);
  const late = await connect(standIn);
  t.like(await late.next(), { type: 'disconnect', reason: 'too_many_websockets' });
  await late.closed;
  t.is(standIn.slack.connections(), 10);
});

test('Slack says farewell before it closes, or cuts without a word', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const first = await connect(standIn);
  await first.next();
  standIn.slack.disconnectSockets('refresh_requested');
  t.like(await first.next(), { type: 'disconnect', reason: 'refresh_requested' });
  await first.closed;
  const second = await connect(standIn);
  standIn.slack.disconnectSockets('cut');
  const [code] = await second.closed;
  t.is(code, 1006);
  await standIn.slack.until(() => standIn.slack.connections() === 0);
});
