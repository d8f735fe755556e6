import bolt from '@slack/bolt';
import type { SlackStandIn } from '../../src/slack/start.ts';
import { appToken, botToken, button, section } from './_slack.ts';

/** The real Bolt, over Socket Mode, against a stand-in. */
export function boltFor(standIn: SlackStandIn): bolt.App {
  const receiver = new bolt.SocketModeReceiver({
    appToken,
    logLevel: bolt.LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: standIn.url } },
  });
  const clientOptions = { slackApiUrl: standIn.url };
  return new bolt.App({ token: botToken, receiver, convoStore: false, logLevel: bolt.LogLevel.ERROR, clientOptions });
}

const plain = (text: string) => ({ type: 'plain_text' as const, text });

const whyInput = {
  type: 'input' as const,
  block_id: 'why',
  label: plain('Why'),
  hint: plain('One sentence is enough.'),
  element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true },
};

/** Answers a mention with a button, the button with a modal, and refuses the reason "no" in it. */
export function asksWhy(app: bolt.App): void {
  app.event('app_mention', async ({ event, say }) => {
    const blocks = [section('choose'), { type: 'actions' as const, elements: [button('Approve', 'approve runner-1')] }];
    await say({ text: 'choose', thread_ts: event.ts, blocks });
  });
  app.action('approve runner-1', async ({ ack, client, body }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const view = { type: 'modal' as const, callback_id: 'approve', title: plain('Approve'), submit: plain('Approve'), blocks: [whyInput] };
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  app.view('approve', async ({ ack, view }) => {
    const why = view.state.values.why?.text?.value ?? '';
    if (why === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else await ack();
  });
}
