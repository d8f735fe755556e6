import test from 'ava';
import { slackDoctor } from '../../../src/clients/slack/doctor.ts';
import { logBook, slackFor, tokens } from './world.ts';

const scopes = ['chat:write', 'channels:history'];
const examine = (apiUrl: string, change: Partial<Parameters<typeof slackDoctor>[0]> = {}) =>
  slackDoctor({ tokens, apiUrl, scopes, channels: ['#ci', '#ci', 'C0456GENERAL'], log: logBook(), ...change });

test('where all is well, each finding shows what proves it', async (t) => {
  const { url } = await slackFor(t);
  t.deepEqual(await examine(url), [
    { about: 'Slack: bot token', state: 'ok', evidence: 'it belongs to coxswain in the workspace sandbox' },
    { about: 'Slack: scopes', state: 'ok', evidence: 'all 2 scopes in slack-manifest.yml are granted' },
    { about: 'Slack: app token', state: 'ok', evidence: 'Slack accepts it for Socket Mode' },
    { about: 'Slack: channel #ci', state: 'ok', evidence: 'the bot is in it (C0123CICD)' },
    { about: 'Slack: channel C0456GENERAL', state: 'ok', evidence: 'the bot is in it (C0456GENERAL)' },
  ]);
});

test('nothing is posted and nothing changed', async (t) => {
  const { url, slack } = await slackFor(t);
  await examine(url);
  t.deepEqual([...new Set(slack.calls().map(({ method }) => method))].sort(), [
    'apps.connections.open',
    'auth.test',
    'conversations.info',
    'conversations.list',
  ]);
  t.is(slack.connections(), 0);
});

test('each token that is refused is told apart, with its remedy', async (t) => {
  const { url } = await slackFor(t);
  const [bot, app] = await examine(url, { tokens: { bot: 'xoxb-wrong', app: 'xapp-wrong' } });
  t.like(bot, { about: 'Slack: bot token', state: 'failed', evidence: 'invalid_auth' });
  t.regex(bot?.next ?? '', /SLACK_BOT_TOKEN/);
  t.like(app, { about: 'Slack: app token', state: 'failed', evidence: 'invalid_auth' });
  t.regex(app?.next ?? '', /connections:write/);
});

test('scopes that are missing are named', async (t) => {
  const { url } = await slackFor(t);
  const findings = await examine(url, { scopes: [...scopes, 'pins:write'] });
  t.like(findings[1], {
    about: 'Slack: scopes',
    state: 'failed',
    evidence: 'missing: pins:write',
  });
});

test('a channel without the bot, and one that does not exist, are told apart', async (t) => {
  const { url } = await slackFor(t);
  const findings = await examine(url, { channels: ['#quiet', '#nowhere'] });
  t.like(findings[3], { state: 'failed', evidence: 'the bot is not in it (C0789QUIET)', next: 'Invite it: `/invite @coxswain`.' });
  t.like(findings[4], { state: 'failed' });
  t.regex(findings[4]?.evidence ?? '', /cannot see a channel #nowhere/);
});

test('where Slack cannot be reached, that is the finding', async (t) => {
  const [bot, app] = await examine('http://127.0.0.1:1/api/');
  t.like(bot, { state: 'failed', next: 'Check whether Slack can be reached from here (DNS, proxy, firewall).' });
  t.like(app, { state: 'failed', next: bot?.next ?? '' });
});
