import type { Cause, ContainerEnd, Progress, Reader } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';
import { clean } from './clean.ts';
import { excerptOf, mostLines, Tail } from './excerpt.ts';
import { describeEnd } from './exit.ts';
import { plainCause } from './plain.ts';
import { SalientLines } from './salient-lines.ts';
import { knownCopyCause } from './skopeo-causes.ts';
import { logrusLine } from './skopeo-line.ts';

const imagePattern = /^Copying image (sha256:[0-9a-f]{64}) \((\d+)\/(\d+)\)$/;

/** Reads the log of `skopeo copy` (1.9 and later) without a terminal: lines of progress, and warnings and errors as logrus writes them. */
export function skopeoReader(): Reader {
  return new SkopeoReader();
}

class SkopeoReader implements Reader {
  readonly #lines = new SalientLines();
  readonly #last = new Tail<string>(mostLines);
  #step: { n: number; of: number; what: string } | undefined;
  #pushing = false;
  #retried: string | undefined;
  #failure: string | undefined;

  line(text: string): void {
    this.#lines.add(text);
    const line = logrusLine(text);
    this.#last.add(line ? cut(clean(line.msg), 1_000) : clean(text));
    if (line?.level === 'fatal' || line?.level === 'error') this.#failure = cut(clean(line.msg), 8_000);
    else if (line?.level === 'warning' && /retrying/i.test(line.msg)) this.#retried = cut(clean(line.msg), 200);
    else if (!line) this.#progressIn(text);
  }

  progress(): Progress {
    return {
      ...(this.#step && { step: this.#step }),
      ...(this.#pushing && { pushing: true }),
      ...(this.#retried && { notes: [`The copy had to be tried again: ${this.#retried}`] }),
    };
  }

  shown(text: string): string[] {
    const line = logrusLine(text);
    return [line ? `${line.level}: ${clean(line.msg)}` : text];
  }

  cause(end: ContainerEnd): Cause {
    const how = describeEnd(end);
    const excerpt = excerptOf(this.#last.items());
    if (how?.outside) return { kind: how.kind, title: `The copy ${how.what}`, excerpt, next: how.next };
    if (this.#failure === undefined) return plainCause(end, this.#lines);
    const known = knownCopyCause(this.#failure);
    return { ...known, title: cut(known.title, 300), excerpt };
  }

  #progressIn(text: string): void {
    const [, digest = '', n, of] = imagePattern.exec(text) ?? [];
    if (n) this.#step = { n: Number(n), of: Number(of), what: digest.slice(0, 19) };
    if (text.startsWith('Copying blob ') || text.startsWith('Copying config ')) this.#pushing = true;
    // Written after the last request: `Storing list signatures` in an index, `Storing signatures` otherwise.
    else if (text.startsWith('Storing list signatures') || (!this.#step && text.startsWith('Storing signatures'))) this.#pushing = false;
  }
}
