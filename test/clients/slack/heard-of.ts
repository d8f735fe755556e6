import { App } from '@slack/bolt';
import type { Incoming } from '../../../src/clients/slack/inbound/answer.ts';
import { listen } from '../../../src/clients/slack/inbound/listeners.ts';
import { slackLogger, slackWeb } from '../../../src/clients/slack/web.ts';
import { ReceivedMessageLog } from '../../../src/core/command/received-messages.ts';
import { view } from '../../messages/runs.ts';
import { logBook, tokens } from './world.ts';

const url = 'http://127.0.0.1:1/';
const team = { id: 'T1', domain: 'lab' };

/** The listeners alone, and what they hear of payloads that a test makes. */
export function heardOf() {
  const received: Incoming[] = [];
  const receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };
  const authorize = async () => ({ botToken: tokens.bot, botUserId: 'U0COXSWAIN' });
  const app = new App({ receiver, authorize, logger: slackLogger(logBook()), convoStore: false });
  const answer = async (_text: string, asked: Incoming) => {
    received.push(asked);
    return { kind: 'text', text: 'done' } as const;
  };
  const parts = { answer, received: new ReceivedMessageLog(), viewOf: () => view, log: logBook() };
  const { idle } = listen(app, slackWeb({ token: tokens.bot, apiUrl: url, log: logBook() }), parts);
  const acks: unknown[] = [];
  const send = async (body: object) => {
    await app.processEvent({ body: body as never, ack: async (answered) => void acks.push(answered) });
    await idle();
  };
  const press = (trigger: string, actionTs: string, user: object = { id: 'U0456LIN' }) => {
    const action = { type: 'button', action_id: 'approve', block_id: 'b', value: 'approve runner-142', action_ts: actionTs };
    const where = { channel: { id: 'C1' }, container: { message_ts: '1.2', channel_id: 'C1' }, response_url: url, team };
    return send({ type: 'block_actions', ...where, user, trigger_id: trigger, actions: [action] });
  };
  const mention = (event: object, outer: object = {}) => {
    const inner = { type: 'app_mention', user: 'U1', channel: 'C1', text: '<@U0COXSWAIN> status', ts: '1795528805.25', ...event };
    return send({ type: 'event_callback', event_id: 'Ev1', event_time: 1_795_528_806, team_id: 'T1', event: inner, ...outer });
  };
  const command = (over: object) =>
    send({ command: '/cox', text: 'status', user_id: 'U1', channel_id: 'C1', trigger_id: 't1', team_id: 'T1', response_url: url, ...over });
  const submit = (user: object) => {
    const metadata = JSON.stringify({ says: 'reject runner-142 3f2a1bc v0.14.3', channel: 'C1' });
    const state = { values: { answer: { text: { value: 'too slow' } } } };
    const form = { id: 'V1', type: 'modal', callback_id: 'ask', private_metadata: metadata, state };
    return send({ type: 'view_submission', user, team, trigger_id: 't1', view: form });
  };
  return { received, acks, press, mention, command, submit };
}
