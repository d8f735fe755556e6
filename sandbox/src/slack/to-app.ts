import type { AppManifest } from './manifest.ts';
import type { Channel, JsonObject, User, View } from './model.ts';
import { teamOf, viewShape } from './shapes.ts';
import type { Ack, SocketMode } from './socket-mode.ts';
import type { State } from './state.ts';
import type { ResponseTarget, Triggers } from './triggers.ts';
import { app } from './workspace.ts';

const verificationToken = 'sandbox-verification-token';
/** Slack repeats an event that nobody acknowledged at once, after one minute and after five. */
export const usualRetries: readonly number[] = [0, 60_000, 300_000];

const scopeOfEvent: { readonly [type: string]: string } = {
  app_mention: 'app_mentions:read',
  'message.im': 'im:history',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
};

/** Builds what Slack sends to the app, and sends it. */
export class ToApp {
  readonly #state: State;
  readonly #sockets: SocketMode;
  readonly #triggers: Triggers;
  readonly #manifest: AppManifest;
  readonly #origin: string;
  readonly #retries: readonly number[];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: {
    state: State;
    sockets: SocketMode;
    triggers: Triggers;
    manifest: AppManifest;
    origin: string;
    retries: readonly number[];
  }) {
    this.#state = parts.state;
    this.#sockets = parts.sockets;
    this.#triggers = parts.triggers;
    this.#manifest = parts.manifest;
    this.#origin = parts.origin;
    this.#retries = parts.retries;
  }

  command(user: User, channel: Channel, command: string, text: string): Promise<Ack> {
    const payload = {
      ...this.#common(),
      team_id: teamOf(user),
      team_domain: this.#state.teamName,
      channel_id: channel.id,
      channel_name: channel.kind === 'im' ? 'directmessage' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command,
      text,
      is_enterprise_install: 'false',
      response_url: this.#responseUrl({ channel: channel.id, user: user.id }),
      trigger_id: this.#triggers.newTrigger(user.id),
    };
    return this.#sockets.send({ type: 'slash_commands', payload, accepts_response_payload: true });
  }

  /** A pressed button or a chosen option; `where` is the message, or the view, that it stands on. */
  action(user: User, action: JsonObject, where: JsonObject, target: ResponseTarget | undefined): Promise<Ack> {
    const payload = {
      type: 'block_actions',
      ...this.#interaction(user),
      ...where,
      ...(target ? { response_url: this.#responseUrl(target) } : {}),
      actions: [{ ...action, action_ts: this.#state.newTs() }],
    };
    return this.#sockets.send({ type: 'interactive', payload, accepts_response_payload: true });
  }

  viewSubmission(user: User, view: View, values: JsonObject): Promise<Ack> {
    const payload = { type: 'view_submission', ...this.#interaction(user), view: viewShape(view, values), response_urls: [] };
    return this.#sockets.send({ type: 'interactive', payload, accepts_response_payload: true });
  }

  viewClosed(user: User, view: View): Promise<Ack> {
    const { trigger_id: _trigger, ...common } = this.#interaction(user);
    const payload = { type: 'view_closed', ...common, view: viewShape(view), is_cleared: false };
    return this.#sockets.send({ type: 'interactive', payload, accepts_response_payload: false });
  }

  /** Sends an event where the manifest subscribes to it and has its scope; says what became of the first attempt. */
  async event(subscription: string, event: JsonObject, isShared = false): Promise<Ack | { kind: 'not_subscribed' }> {
    const scope = scopeOfEvent[subscription];
    const wanted = this.#manifest.events.includes(subscription) && (!scope || this.#manifest.scopes.includes(scope));
    if (!wanted) return { kind: 'not_subscribed' };
    const payload = {
      ...this.#common(),
      team_id: app.teamId,
      type: 'event_callback',
      event_id: this.#state.newId('Ev'),
      event_time: Math.floor(Date.now() / 1000),
      event,
      authorizations: [{ enterprise_id: null, team_id: app.teamId, user_id: app.botUser, is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: isShared,
    };
    return this.#attempt(payload, 0);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #attempt(payload: JsonObject, attempt: number): Promise<Ack> {
    const retry = attempt > 0 ? { retry_attempt: attempt, retry_reason: 'timeout' } : { retry_attempt: 0, retry_reason: '' };
    const ack = await this.#sockets.send({ type: 'events_api', payload, accepts_response_payload: false, ...retry });
    const pause = this.#retries[attempt];
    if (ack.kind !== 'acked' && pause !== undefined) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#attempt(payload, attempt + 1);
      }, pause).unref();
      this.#timers.add(timer);
    }
    return ack;
  }

  #common(): JsonObject {
    return { token: verificationToken, api_app_id: app.appId };
  }

  #interaction(user: User): JsonObject {
    return {
      ...this.#common(),
      user: { id: user.id, username: user.name, name: user.name, team_id: teamOf(user) },
      team: { id: app.teamId, domain: this.#state.teamName },
      enterprise: null,
      is_enterprise_install: false,
      trigger_id: this.#triggers.newTrigger(user.id),
    };
  }

  #responseUrl(target: ResponseTarget): string {
    return `${this.#origin}${this.#triggers.newResponse(target)}`;
  }
}
