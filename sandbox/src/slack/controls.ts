import type { Faults } from './faults.ts';
import type { AppManifest } from './manifest.ts';
import { directChannel } from './methods/channels.ts';
import { closeView, type Inputs, submitView } from './modals.ts';
import type { Change, Channel, Ephemeral, Message, Ping, User, UserGroup, View, Warning } from './model.ts';
import { type Press, press } from './pressing.ts';
import type { SocketMode } from './socket-mode.ts';
import type { State, StoredFile } from './state.ts';
import type { ToApp } from './to-app.ts';
import { type Done, edit, type } from './typing.ts';
import type { Call } from './web-api.ts';

/** What people do, and what they see: for tests and for the page. */
export class Controls {
  readonly faults: Faults;
  readonly manifest: AppManifest;
  readonly #state: State;
  readonly #toApp: ToApp;
  readonly #sockets: SocketMode;
  readonly #origin: string;
  readonly #calls: readonly Call[];

  constructor(parts: {
    state: State;
    toApp: ToApp;
    sockets: SocketMode;
    faults: Faults;
    manifest: AppManifest;
    origin: string;
    calls: readonly Call[];
  }) {
    this.#state = parts.state;
    this.#toApp = parts.toApp;
    this.#sockets = parts.sockets;
    this.#origin = parts.origin;
    this.#calls = parts.calls;
    this.faults = parts.faults;
    this.manifest = parts.manifest;
  }

  /** Types a line as a person: `/cox …`, or a message (`@name` and `#channel` become mentions). Resolves when the app has acknowledged it or Slack gave up. */
  type(user: string, channel: string, line: string, thread?: string): Promise<Done> {
    const parts = { state: this.#state, toApp: this.#toApp, manifest: this.manifest };
    return type(parts, this.#user(user), this.channel(channel), line, thread);
  }

  /** Edits a message as the person who wrote it. */
  edit(user: string, ts: string, line: string): Promise<Done> {
    const parts = { state: this.#state, toApp: this.#toApp, manifest: this.manifest };
    const message = this.channels().flatMap(({ id }) => this.#state.message(id, ts) ?? [])[0];
    if (!message) throw new Error(`There is no message ${ts}.`);
    return edit(parts, this.#user(user), message, line);
  }

  /** Adds a person, or changes one: a guest, a bot, somebody of another workspace, a deactivated account. */
  setUser(user: User): void {
    this.#state.users.set(user.id, user);
  }

  /** Makes these people, and nobody else, members of a user group. */
  setGroup(id: string, users: readonly string[]): void {
    const group = this.#state.groups.get(id);
    if (!group) throw new Error(`There is no user group ${id}.`);
    this.#state.groups.set(id, { ...group, users });
  }

  /** Takes people into a channel. */
  join(channel: string, ...users: readonly string[]): void {
    const place = this.channel(channel);
    this.#state.setChannel({ ...place, members: [...new Set([...place.members, ...users])] });
  }

  /** Loses so many of the next acknowledgements on their way to Slack: it will send those events again. */
  loseAcks(count: number): void {
    this.#sockets.loseAcks(count);
  }

  /** Presses a button, or chooses an option, of a message or a view. */
  press(user: string, wanted: Press): Promise<Done> {
    return press(this.#state, this.#toApp, this.#origin, this.#user(user), wanted);
  }

  /** Submits the person's topmost modal; missing inputs keep their initial values. */
  submitView(user: string, inputs: Inputs = {}): Promise<Done> {
    return submitView(this.#state, this.#toApp, this.#user(user), inputs);
  }

  closeView(user: string): Promise<Done> {
    return closeView(this.#state, this.#toApp, this.#user(user));
  }

  /** Opens the app's Home tab as a person. */
  async openHome(user: string): Promise<Done> {
    const channel = this.direct(user);
    const event = { type: 'app_home_opened', user, channel: channel.id, tab: 'home', event_ts: this.#state.newTs() };
    const view = this.#state.homes.get(user);
    await this.#toApp.event('app_home_opened', view ? { ...event, view: { id: view.id, hash: view.hash, type: 'home' } } : event);
    return { ok: true };
  }

  users(): User[] {
    return [...this.#state.users.values()];
  }

  readonly groups = (): UserGroup[] => [...this.#state.groups.values()];

  channels(): Channel[] {
    return [...this.#state.channels.values()];
  }

  /** A channel by id or by name, with or without #. Throws an Error where there is none. */
  channel(idOrName: string): Channel {
    const name = idOrName.replace(/^#/, '');
    const channel = this.#state.channels.get(idOrName) ?? this.channels().find((one) => one.name === name && one.kind !== 'im');
    if (!channel)
      throw new Error(
        `There is no channel ${idOrName}; there are ${this.channels()
          .map((one) => one.name || one.id)
          .join(', ')}.`,
      );
    return channel;
  }

  /** The direct conversation of a person with the app. */
  direct(user: string): Channel {
    return directChannel(this.#state, this.#user(user).id);
  }

  /** The messages of a channel, oldest first, replies among them. */
  messages(channel: string): Message[] {
    return this.#state.messages(this.channel(channel).id);
  }

  /** The replies in a thread, oldest first, without the parent. */
  replies(ts: string): Message[] {
    return this.channels()
      .flatMap((channel) => this.#state.messages(channel.id))
      .filter((one) => one.thread_ts === ts && one.ts !== ts);
  }

  /** What only this person sees, oldest first. */
  ephemerals(user: string): Ephemeral[] {
    return this.#state.ephemerals().filter((one) => one.user === user);
  }

  dismiss(ephemeralId: string): void {
    this.#state.hideEphemeral(ephemeralId);
  }

  warnings(user: string): Warning[] {
    return this.#state.warnings().filter((one) => one.user === user);
  }

  modals(user: string): readonly View[] {
    return this.#state.modals.get(user) ?? [];
  }

  home(user: string): View | undefined {
    return this.#state.homes.get(user);
  }

  file(id: string): StoredFile | undefined {
    return this.#state.files.get(id);
  }

  /** The mentions that posted and updated messages would have rung. */
  pings(): readonly Ping[] {
    return this.#state.pings;
  }

  /** Every Web API call so far. */
  calls(method?: string): readonly Call[] {
    return method ? this.#calls.filter((one) => one.method === method) : this.#calls;
  }

  /** How many Socket Mode connections are open. */
  connections(): number {
    return this.#sockets.count;
  }

  /** Closes every Socket Mode connection: with Slack's farewell, or cut without a word. */
  disconnectSockets(how: 'refresh_requested' | 'warning' | 'link_disabled' | 'cut' = 'refresh_requested'): void {
    if (how === 'cut') this.#sockets.cut();
    else this.#sockets.disconnect(how);
  }

  onChange(listener: (change: Change) => void): () => void {
    return this.#state.onChange(listener);
  }

  /** Waits until `find` gives something other than undefined or false; looks after every change, and now and then for what is no change, as calls are. Rejects after `ms` (10 s). */
  until<T>(find: () => T | undefined | false, ms = 10_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = () => {
      try {
        const found = find();
        if (found !== undefined && found !== false) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const stop = this.onChange(look);
    const again = setInterval(look, 50);
    const timer = setTimeout(() => reject(new Error(`Waited ${ms} ms in vain for: ${find}`)), ms);
    look();
    return promise.finally(() => {
      stop();
      clearInterval(again);
      clearTimeout(timer);
    });
  }

  #user(id: string): User {
    const user = this.#state.users.get(id) ?? this.users().find((one) => one.name === id);
    if (!user)
      throw new Error(
        `There is no user ${id}; there are ${this.users()
          .map((one) => one.id)
          .join(', ')}.`,
      );
    return user;
  }
}
