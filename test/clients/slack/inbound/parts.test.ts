import { SocketModeReceiver } from '@slack/bolt';
import test from 'ava';
import { survivingOddPayloads } from '../../../../src/clients/slack/connection.ts';
import { plainText, withoutMention } from '../../../../src/clients/slack/inbound/parsed-text.ts';
import { privately } from '../../../../src/clients/slack/outbound/deliver.ts';
import { slackMembers } from '../../../../src/clients/slack/people/members.ts';
import { slackLogger, slackWeb } from '../../../../src/clients/slack/web.ts';
import { RateLimited } from '../../../../src/core/chat.ts';
import { errorMessage } from '../../../../src/messages/reply.ts';
import { heardOf } from '../heard-of.ts';
import { logBook, slackFor, tokens } from '../world.ts';

const reads = test.macro((t, sent: string, typed: string) => t.is(plainText(sent), typed));

test('people, channels and groups become their ids', reads, '<@U1|ada> <@U2> <#C1|ci> <!subteam^S1|@ops>', 'U1 U2 C1 S1');
test(
  'a link that Slack made becomes what was typed',
  reads,
  'run <http://tools.example|tools.example> <https://x.example>',
  'run tools.example https://x.example',
);
test('entities become characters, once', reads, 'a &amp;lt; b &lt;c&gt;', 'a &lt; b <c>');

test('only the mention of the bot is taken out of a message', (t) => {
  t.is(withoutMention('<@UBOT> run <@U1>', 'UBOT').trim(), 'run <@U1>');
  t.is(withoutMention('hey <@UBOT|cox> runs', 'UBOT').replace(/ +/g, ' '), 'hey runs');
});

test('an event that the library does not understand does not end the process', async (t) => {
  const log = logBook();
  const { client } = new SocketModeReceiver({ appToken: 'xapp-x', logger: slackLogger(log) });
  survivingOddPayloads(client, log);
  client.emit('ws_message', JSON.stringify({ type: 'events_api', envelope_id: 'e', payload: { type: 'app_rate_limited' } }), false);
  await new Promise(setImmediate);
  t.regex(log.lines.join('\n'), /a message that was not understood is left out/);
});

test('a press counts from when Slack says that it happened, and its redelivery is heard once', async (t) => {
  const { heard, press } = heardOf();
  await press('t1', '1795528805.250000');
  await press('t1', '1795528805.250000');
  t.deepEqual(
    heard.map(({ user, channel, at }) => [user, channel, at.toISOString()]),
    [['U0456LIN', 'C1', '2026-11-24T14:00:05.250Z']],
  );
});

test('a press without a time counts from its receipt', async (t) => {
  const { heard, press } = heardOf();
  const before = Date.now();
  await press('t1', 'soon');
  t.true((heard[0]?.at.getTime() ?? 0) >= before);
});

test('where the address for answers is spent, the person still gets theirs', async (t) => {
  const { url, slack } = await slackFor(t);
  const web = slackWeb({ token: tokens.bot, apiUrl: url, log: logBook() });
  const asked = { user: 'U0123ADA', channel: 'C0123CICD', key: 'k', at: new Date(0) };
  await privately(web, asked, errorMessage('late'), () => Promise.reject(new Error('HTTP 404')));
  t.is(slack.ephemerals('U0123ADA')[0]?.text, 'late');
});

test('the members of a user group come from Slack, and its refusals are told apart', async (t) => {
  const { url, slack } = await slackFor(t);
  const members = slackMembers({ token: tokens.bot, apiUrl: url, log: logBook() });
  t.deepEqual(await members.usersOf('S0123OPS'), ['U0123ADA']);
  await t.throwsAsync(members.usersOf('S0NOBODY'), { message: /user group S0NOBODY.*no_such_subteam/ });
  slack.faults.rateLimitNext('usergroups.users.list', 3);
  await t.throwsAsync(members.usersOf('S0123OPS'), { instanceOf: RateLimited });
});
