import type { Change, Channel, Ephemeral, FileInfo, Message, Ping, User, UserGroup, View, Warning } from './model.ts';
import { app, type Workspace } from './workspace.ts';

/** A stored file: what the message shows of it, and its bytes. */
export interface StoredFile {
  readonly info: FileInfo;
  readonly content: Buffer;
}

/** Everything the workspace knows, in memory; every change is told to the listeners, in order. */
export class State {
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly groups = new Map<string, UserGroup>();
  readonly files = new Map<string, StoredFile>();
  readonly homes = new Map<string, View>();
  readonly modals = new Map<string, readonly View[]>();
  readonly pings: Ping[] = [];
  readonly teamName: string;
  readonly #messages = new Map<string, Map<string, Message>>();
  readonly #ephemerals = new Map<string, Ephemeral>();
  readonly #warnings = new Map<string, Warning>();
  readonly #listeners = new Set<(change: Change) => void>();
  #lastMicros = 0;
  #ids = 0;

  constructor(workspace: Workspace, botName: string) {
    this.teamName = workspace.name;
    for (const user of workspace.users) this.users.set(user.id, user);
    for (const channel of workspace.channels) this.channels.set(channel.id, channel);
    for (const group of workspace.groups) this.groups.set(group.id, group);
    this.users.set(app.botUser, { id: app.botUser, name: botName, realName: botName, isBot: true });
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** A timestamp that no other message has: `seconds.microseconds`, always rising. */
  newTs(): string {
    this.#lastMicros = Math.max(Date.now() * 1000, this.#lastMicros + 1);
    const text = String(this.#lastMicros);
    return `${text.slice(0, -6)}.${text.slice(-6)}`;
  }

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids.toString(36).toUpperCase().padStart(8, '0')}`;
  }

  /** The messages of a channel, oldest first, replies among them. */
  messages(channel: string): Message[] {
    return [...(this.#messages.get(channel)?.values() ?? [])];
  }

  message(channel: string, ts: string): Message | undefined {
    return this.#messages.get(channel)?.get(ts);
  }

  put(message: Message): void {
    const list = this.#messages.get(message.channel) ?? new Map<string, Message>();
    this.#messages.set(message.channel, list);
    list.set(message.ts, message);
    this.tell({ kind: 'message', message });
  }

  remove(channel: string, ts: string): void {
    if (this.#messages.get(channel)?.delete(ts)) this.tell({ kind: 'message-removed', channel, ts });
  }

  ephemerals(): Ephemeral[] {
    return [...this.#ephemerals.values()];
  }

  showEphemeral(ephemeral: Ephemeral): void {
    this.#ephemerals.set(ephemeral.id, ephemeral);
    this.tell({ kind: 'ephemeral', ephemeral });
  }

  hideEphemeral(id: string): void {
    if (this.#ephemerals.delete(id)) this.tell({ kind: 'ephemeral-removed', id });
  }

  warnings(): Warning[] {
    return [...this.#warnings.values()];
  }

  warn(warning: Warning): void {
    this.#warnings.set(`${warning.channel} ${warning.ts} ${warning.user}`, warning);
    this.tell({ kind: 'warning', warning });
  }

  unwarn(channel: string, ts: string, user: string): void {
    if (this.#warnings.delete(`${channel} ${ts} ${user}`)) this.tell({ kind: 'warning-removed', channel, ts, user });
  }

  setChannel(channel: Channel): void {
    this.channels.set(channel.id, channel);
    this.tell({ kind: 'channel', channel });
  }

  setModals(user: string, views: readonly View[]): void {
    this.modals.set(user, views);
    this.tell({ kind: 'modals', user, views });
  }

  setHome(view: View): void {
    this.homes.set(view.user, view);
    this.tell({ kind: 'home', user: view.user, view });
  }

  /** A modal by id or external id, wherever it stands in a person's stack. */
  modal(id: string): View | undefined {
    return [...this.modals.values()].flat().find((view) => view.id === id || (view.external_id !== '' && view.external_id === id));
  }
}
