import { setTimeout as sleep } from 'node:timers/promises';
import type { AckFn, App, ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import { askModal, modal, modalErrors, submitted } from '../../../messages/modal.ts';
import { ephemerally } from '../outbound/deliver.ts';
import { byShape, redactStrings } from '../outbound/redact.ts';
import type { WebClient } from '../web.ts';
import { type Answer, answerOf, type InboundDeps, type Incoming, once, presentOf, whole } from './answer.ts';
import { teamsOf } from './sender.ts';

/** Milliseconds that a submitted modal may stay open waiting for its answer; Slack allows three seconds. */
const patience = 2000;

interface Deps {
  readonly web: WebClient;
  readonly answers: InboundDeps;
}

/** Opens the modal that asks for missing input; false if Slack does not, usually because the press was more than three seconds ago. */
export async function openedModal(
  { web, answers }: Deps,
  asks: NonNullable<Answer['asks']>,
  incoming: Incoming,
  from: { trigger: string; message?: string },
): Promise<boolean> {
  const { trigger, ...message } = from;
  try {
    const view = redactStrings(askModal(asks, { channel: incoming.channel, ...message }), answers.redact ?? byShape);
    await web.views.open({ trigger_id: trigger, view });
    return true;
  } catch (error) {
    answers.log.warn(`could not open a form for ${incoming.user}: ${whole(error)}`);
    return false;
  }
}

/** Handles each submitted modal like any other command. `under`: is passed the work in progress. */
export function listenToForms(app: App, deps: Deps, under: (way: Promise<void>) => void): void {
  app.view<ViewSubmitAction>({ callback_id: modal.callback, type: 'view_submission' }, async ({ ack, body, view }) => {
    const typed = view.state.values[modal.block]?.[modal.action]?.value ?? '';
    const said = submitted(view.private_metadata, typed);
    if (!said) return ack();
    const incoming = {
      user: body.user.id,
      channel: said.place.channel,
      key: body.trigger_id,
      at: presentOf(deps.answers),
      teams: teamsOf(body.user),
    };
    const received = once(deps.answers, incoming, '', (first) => hear(deps, said.text, first, ack));
    under(received.then((isNew) => (isNew ? undefined : ack())));
  });
}

/** Shows a refusal in the modal if it comes in time; everything else is posted in the channel as an ephemeral message. */
async function hear({ web, answers }: Deps, text: string, incoming: Incoming, ack: AckFn<ViewResponseAction>): Promise<void> {
  const answering = answerOf(answers, text, incoming);
  try {
    const inTime = await Promise.race([answering, sleep(patience, undefined, { ref: false })]);
    if (inTime?.refusal !== undefined && inTime.only !== 'nobody') {
      await ack({ response_action: 'errors', errors: modalErrors(inTime.refusal) });
      return;
    }
    await ack();
    const { message, only } = await answering;
    if (only !== 'nobody') await ephemerally(web, incoming, message);
  } catch (error) {
    answers.log.error(`the answer to a form from ${incoming.user} could not be fully delivered: ${whole(error)}`);
  }
}
