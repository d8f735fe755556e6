import type { PushedImage } from '../core/logs.ts';

const digest = '(sha256:[0-9a-f]{64})';
const beginPattern = /^\* Started pushing image (?!config )\S+$/;
const endPattern = /^\* (?:Pushed|Finished pushing) image (?!config )/;
/** Makisu names the blobs that it pushes, and those that already exist. */
const blobPattern = new RegExp(`^\\* (?:Started pushing|Skipped pushing existing) (image config|layer) (?:[\\w./-]+:)?${digest}$`);
/** An image has at most 127 layers (the limit of overlay file systems), so this is far more than any image has. */
const mostBlobs = 1_000;

/**
 * Makisu's messages while it pushes the image that it has built. Messages before the end of the build are ignored: until then, RUN lines
 * write to the same log.
 */
export class PushWords {
  #configs = new Set<string>();
  #layers = new Set<string>();
  #state: 'builds' | 'pushes' | 'pushed' = 'builds';

  word(msg: string): void {
    if (msg.startsWith('Successfully built image ')) this.#begin();
    else if (beginPattern.test(msg)) this.#state = 'pushes';
    else if (endPattern.test(msg) && this.#state === 'pushes') this.#state = 'pushed';
    else if (this.#state === 'pushes') this.#blob(msg);
  }

  /** Undefined if no push has finished, or if more than one configuration was named, which makes the image ambiguous. */
  pushed(): PushedImage | undefined {
    const [config, ...others] = this.#configs;
    if (this.#state !== 'pushed' || config === undefined || others.length > 0) return undefined;
    return { config, layers: [...this.#layers] };
  }

  #begin(): void {
    this.#state = 'builds';
    this.#configs = new Set();
    this.#layers = new Set();
  }

  #blob(msg: string): void {
    const [, kind, name] = blobPattern.exec(msg.slice(0, 1_000)) ?? [];
    if (name === undefined) return;
    const named = kind === 'layer' ? this.#layers : this.#configs;
    if (named.size < mostBlobs) named.add(name);
  }
}
