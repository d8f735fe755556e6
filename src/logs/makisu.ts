import type { Cause, ContainerEnd, Progress, PushedImage, Reader } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';
import { clean } from './clean.ts';
import { excerptOf } from './excerpt.ts';
import { describeEnd } from './exit.ts';
import { knownCause } from './makisu-causes.ts';
import { type MakisuLine, makisuLine } from './makisu-line.ts';
import { isFailure, isOwnWord, StepOutput } from './makisu-output.ts';
import { PushWords } from './makisu-push.ts';
import { makisuShown } from './makisu-shown.ts';
import { plainCause } from './plain.ts';
import { SalientLines } from './salient-lines.ts';

const stagePattern = /^\* Stage (\d+)\/(\d+) : /;
const stepPattern = /^\* Step (\d+)\/(\d+) \([^)]*\) : /;
/** Appended to a directive that creates a layer. */
const commitMark = '#!COMMIT';

/** The current step. `n` and `of` count over all stages begun so far. */
interface Step {
  readonly n: number;
  readonly of: number;
  readonly what: string;
  readonly directive: string;
  readonly output: StepOutput;
}

/** Reads the log of a Makisu build (0.1.17 and later): JSON lines, in which RUN's standard error has level error. */
export function makisuReader(): Reader {
  return new MakisuReader();
}

class MakisuReader implements Reader {
  readonly #other = new SalientLines();
  readonly #notes = new Set<string>();
  readonly #push = new PushWords();
  #stage = { n: 1, of: 1, stepsBefore: 0, steps: 0 };
  #step: Step | undefined;
  #cache = { used: true, hits: 0, misses: 0 };
  #imageBytes: number | undefined;
  #pushing = false;
  #failure: string | undefined;
  /** The last line, if it is a failure that a RUN may have printed as well. */
  #lastFailure: string | undefined;
  #isBuilt = false;

  line(text: string): void {
    const line = makisuLine(text);
    if (line) this.#lastFailure = isFailure(line) ? oneLineEach(line.msg) : undefined;
    if (!line) this.#other.add(text);
    else if (this.#step && !this.#isBuilt && !isOwnWord(line)) this.#step.output.add(line);
    else this.#word(line);
  }

  progress(): Progress {
    const step = this.#step;
    return {
      ...(step && { step: { n: step.n, of: step.of, what: step.what } }),
      ...(step && this.#cache.used && { cacheHits: this.#cache.hits, cacheMisses: this.#cache.misses }),
      ...(this.#imageBytes !== undefined && { imageBytes: this.#imageBytes }),
      ...(this.#pushing && { pushing: true }),
      ...(this.#notes.size > 0 && { notes: [...this.#notes] }),
    };
  }

  shown(text: string): string[] {
    return makisuShown(text);
  }

  pushed(): PushedImage | undefined {
    return this.#push.pushed();
  }

  cause(end: ContainerEnd): Cause {
    const how = describeEnd(end);
    if (how?.outside) {
      const excerpt = this.#step?.output.excerpt() ?? this.#other.excerpt();
      return { kind: how.kind, title: `The build ${how.what}${this.#during()}`, excerpt, next: how.next };
    }
    const failure = this.#failure ?? this.#lastFailure;
    if (failure === undefined) return this.#unsaid(end);
    return this.#failedCommand(failure) ?? this.#failedBuild(failure);
  }

  /** For a log without a final error message: its end is missing, or it ends with a panic. */
  #unsaid(end: ContainerEnd): Cause {
    const cause = plainCause(end, this.#other);
    const excerpt = this.#step && !this.#other.headline() ? this.#step.output.excerpt() : cause.excerpt;
    return { ...cause, title: `${cause.title}${this.#during()}`, excerpt };
  }

  #during(): string {
    return this.#step ? `, in step ${this.#step.n}/${this.#step.of}: ${cut(this.#step.what, 120)}` : '';
  }

  #failedCommand(failure: string): Cause | undefined {
    const exit = /^cmd wait: (?:exit status (\d+)|signal: (.+))$/.exec(failure.slice(Math.max(0, failure.lastIndexOf('cmd wait: '))));
    if (!exit || !this.#step) return undefined;
    const { n, of, what, output } = this.#step;
    const code = exit[1] === undefined ? undefined : Number(exit[1]);
    const how = describeEnd({ container: '', ...(code !== undefined && { exitCode: code }) });
    return {
      kind: 'build-step',
      title: `Step ${n}/${of} failed (${how?.what ?? `stopped by a signal: ${exit[2]}`}): ${cut(what, 160)}`,
      excerpt: output.excerpt(),
      next:
        code === 126 || code === 127
          ? (how?.next ?? '')
          : 'Fix what the lines above show, and commit; retry only if the cause is outside the commit.',
    };
  }

  #failedBuild(failure: string): Cause {
    const cause = knownCause(failure) ?? {
      kind: 'build',
      title: `The build failed: ${cut(lastPart(failure), 160)}`,
      next: 'Read the last line of the build; retry if the cause is outside the commit.',
    };
    const place =
      this.#step && failure.startsWith('failed to execute') ? [`* Step ${this.#step.n}/${this.#step.of}: ${this.#step.what}`] : [];
    const lines = failure.split('\n').map((line) => middleCut(line));
    return { ...cause, title: cut(cause.title.replaceAll('\n', ' '), 300), excerpt: excerptOf([...place, ...lines]) };
  }

  /** Lines that start with an asterisk report the progress of the build. */
  #milestone(msg: string): void {
    const step = stepPattern.exec(msg);
    if (step) {
      this.#begin(Number(step[1]), Number(step[2]), clean(directiveOf(msg.slice(step[0].length))));
      return;
    }
    const stage = stagePattern.exec(msg);
    if (stage) {
      const { stepsBefore, steps } = this.#stage;
      this.#stage = { n: Number(stage[1]), of: Number(stage[2]), stepsBefore: stepsBefore + steps, steps: 0 };
    } else if (msg.startsWith('* Skipping execution')) this.#count('hits');
    else if (msg.startsWith('* Executed ')) this.#count('misses');
    else if (msg.startsWith('* Started pushing image ') && !msg.includes('image config')) this.#pushing = true;
    else if (msg.startsWith('* Pushed image ') || msg.startsWith('* Finished pushing image ')) this.#pushing = false;
  }

  #begin(n: number, of: number, text: string): void {
    this.#stage.steps = of;
    const { n: stage, of: stages, stepsBefore } = this.#stage;
    const what = text.endsWith(commitMark) ? text.slice(0, -commitMark.length).trimEnd() : text;
    this.#step = {
      n: stepsBefore + n,
      of: stepsBefore + of,
      what: stages > 1 ? `[${stage}/${stages}] ${what}` : what,
      directive: /^\w+/.exec(what)?.[0]?.toUpperCase() ?? '',
      output: new StepOutput(),
    };
  }

  /** Only steps that create files are counted: Makisu always executes the others again. */
  #count(as: 'hits' | 'misses'): void {
    if (this.#step && ['RUN', 'COPY', 'ADD'].includes(this.#step.directive)) this.#cache[as]++;
  }

  #word(line: MakisuLine): void {
    const { msg } = line;
    this.#push.word(msg);
    if (line.imageBytes !== undefined) this.#imageBytes = line.imageBytes;
    if (msg.startsWith('* ')) this.#milestone(msg);
    else if (line.level === 'fatal' || (line.level === 'error' && msg.startsWith('failed to '))) this.#failure = oneLineEach(msg);
    else if (msg.startsWith('Successfully built image ')) this.#isBuilt = true;
    else if (msg.startsWith('No image store or KV store provided')) this.#cache.used = false;
    else if (/^Failed to connect to \w+ store/.test(msg)) {
      this.#notes.add(`The layer cache cannot be reached (${cut(clean(lastPart(msg)), 120)}); the build continues without it.`);
    } else if (msg.startsWith('Failed to push cache')) {
      this.#notes.add(`Not all layers were cached (${cut(clean(lastPart(msg)), 120)}); the next build will be slower.`);
    }
  }
}

/** A message with each of its lines cleaned. */
function oneLineEach(msg: string): string {
  return cut(msg.trimEnd(), 8000)
    .split('\n')
    .map((part) => clean(part))
    .join('\n');
}

/** `RUN make   (0f3a)` → `RUN make`, on one line: a cache id at the end is meaningless to people. */
function directiveOf(text: string): string {
  const at = text.lastIndexOf('(');
  const what = at >= 0 && /^\([0-9a-f]+\)$/.test(text.slice(at)) ? text.slice(0, at) : text;
  const [first = '', ...more] = what.split('\n');
  return [first.trimEnd(), ...more.map((line) => line.trim()).filter(Boolean)].join(' ');
}

/** The last part of a chain of wrapped errors. */
function lastPart(chain: string): string {
  return chain.split(': ').slice(-2).join(': ').trim();
}

/** Cuts out the middle: a chain of errors starts with the place of the failure and ends with its reason. */
function middleCut(line: string): string {
  return line.length <= 300 ? line : `${cut(line, 100, '')} … ${line.slice(-190)}`.toWellFormed();
}
