import { clean } from './clean.ts';
import { excerptOf, mostLines, Tail } from './excerpt.ts';

/** Every line that is worth a closer look contains one of these; all other lines cost only this test. */
const suspicious =
  /err|fatal|panic|exception|traceback|fail|denied|cannot|can't|not found|no such|unable|undefined|refused|timed out|killed|no space|segmentation|assert|abort/i;

const harmless = /\b(?:0|no) (?:errors?|failures?|failed)\b|\b(?:errors?|failures?|failed)[=:] ?0\b|-W(?:no-)?error/i;
const ignored = /\b(?:ignor|suppress)\w* /i;

/** Patterns of lines that explain a failure, with how relevant they are. The first match counts. */
const weights: readonly (readonly [RegExp, number])[] = [
  [/^\s*(?:panic|fatal|fatal error|critical)\b ?[:!]|\bpanic: |Traceback \(most recent|Exception in thread|Segmentation fault/i, 5],
  [/(?:^|[\s:[(])(?:error|fatal)(?:\[\w+\])?: |^E\d{4} |\bERROR\b|\bFATAL\b|"level":"(?:error|fatal)"|\blevel=(?:error|fatal)/, 4],
  [/\b[A-Z]\w*(?:Error|Exception)\b(?::|$)|\bundefined reference\b|\bcommand not found\b|No such file or directory|Permission denied/, 4],
  [
    /: not found$|no space left on device|connection refused|\btimed out\b|\bOut of memory\b|\bKilled\b|AssertionError|assertion failed/i,
    4,
  ],
  [/\berror\b|\bfailed\b|\bFAIL(?:ED|URE)?\b|\bexception\b|\babort(?:ed|ing)?\b/i, 2],
  [/\b(?:denied|cannot|can't|unable to|refused|undefined|no such)\b/i, 2],
];

interface Found {
  readonly at: number;
  readonly weight: number;
  readonly text: string;
  readonly before: string | undefined;
  readonly after: string[];
}

const most = 12;
const linesAfter = 2;
const rememberedForms = 500;

/** Picks the few lines of any log that explain a failure. Memory is bounded. */
export class SalientLines {
  readonly #tail = new Tail<{ at: number; text: string }>(mostLines);
  readonly #forms = new Set<string>();
  readonly #recent = new Tail<Found>(3);
  #heaviest: Found[] = [];
  #last: Found | undefined;
  #previous: string | undefined;
  #at = 0;

  /** `bonus` raises the weight of a line that is known to matter, such as one of standard error. */
  add(line: string, bonus = 0): void {
    const text = clean(line);
    if (text.trim() === '') return;
    this.#at++;
    this.#tail.add({ at: this.#at, text });
    if (this.#last && this.#last.after.length < linesAfter) this.#last.after.push(text);
    const weight = weightOf(text);
    if (weight > 0 && this.#isNew(text)) this.#keep({ at: this.#at, weight: weight + bonus, text, before: this.#previous, after: [] });
    this.#previous = text;
  }

  get isEmpty(): boolean {
    return this.#at === 0;
  }

  /** The most relevant lines with their context, and the last lines, in log order; an ellipsis marks a gap. */
  excerpt(): string[] {
    const chosen = new Map<number, string>();
    const last = this.#tail.items();
    for (const line of last.slice(this.#heaviest.length > 0 ? -4 : -mostLines)) chosen.set(line.at, line.text);
    for (const found of [...this.#heaviest.slice(0, 3), ...this.#recent.items().toReversed(), ...this.#heaviest.slice(3)]) {
      const fresh = withContext(found).filter(([at]) => !chosen.has(at));
      if (chosen.size + fresh.length > mostLines - 4) break;
      for (const [at, text] of fresh) chosen.set(at, text);
    }
    return excerptOf(withGaps(chosen));
  }

  /** The single most relevant line. */
  headline(): string | undefined {
    return this.#heaviest[0]?.text.trim();
  }

  #keep(found: Found): void {
    this.#last = found;
    this.#recent.add(found);
    this.#heaviest = [...this.#heaviest, found].toSorted(byWeight).slice(0, most);
  }

  /** The same message with other numbers counts only once. */
  #isNew(text: string): boolean {
    const form = text.slice(0, 200).replaceAll(/0x[\da-f]+|[\da-f]{8,}|\d+/gi, '#');
    if (this.#forms.has(form)) return false;
    if (this.#forms.size >= rememberedForms) this.#forms.clear();
    this.#forms.add(form);
    return true;
  }
}

/** Highest weight first; the earliest first for equal weights. */
function byWeight(a: Found, b: Found): number {
  return b.weight - a.weight || a.at - b.at;
}

function withContext(found: Found): (readonly [number, string])[] {
  const after = found.after.map((text, index) => [found.at + 1 + index, text] as const);
  const before = found.before === undefined ? [] : [[found.at - 1, found.before] as const];
  return [...before, [found.at, found.text], ...after];
}

function weightOf(text: string): number {
  if (!suspicious.test(text) || harmless.test(text) || isIgnored(text)) return 0;
  return weights.find(([pattern]) => pattern.test(text))?.[1] ?? 0;
}

/** `ignored 3 errors`, `suppressing the error`. */
function isIgnored(text: string): boolean {
  const found = ignored.exec(text);
  return found !== null && /error/i.test(text.slice(found.index + found[0].length));
}

function withGaps(chosen: ReadonlyMap<number, string>): string[] {
  const lines: string[] = [];
  let previous: number | undefined;
  for (const [at, text] of [...chosen].toSorted(([a], [b]) => a - b)) {
    if (previous !== undefined && at > previous + 1) lines.push('…');
    lines.push(text);
    previous = at;
  }
  return lines;
}
