import { type AST, RegExpParser } from '@eslint-community/regexpp';
import type { Expression } from './expressions.ts';

/** Characters that one class or another takes, and that end what an expression looks for. */
const common = ['a', 'A', '0', ' ', '\t', '\n', '-', '_', '.', ':', '/', '"', '=', '}', '\u00e9'];
const endings = ['', '\n', '\u0000', '!'];
const mostSigns = 6;

/**
 * Texts that ask an expression for the most work: what a part of it takes, over and over, behind what the parts before it take, and an end that
 * makes it look for another way. `length` is that of each text in characters.
 */
export function* hostileTexts(expression: Expression, length: number): Generator<string> {
  const { source, flags } = expression;
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const signs = signsOf(source, flags);
  const seen = new Set<string>();
  for (const alternative of pattern.alternatives) {
    for (const [before, unit] of repetitions(alternative, '', signs)) {
      if (unit === '' || seen.has(`${before}\u0001${unit}`)) continue;
      seen.add(`${before}\u0001${unit}`);
      const body = before + unit.repeat(Math.max(1, Math.floor((length - before.length) / unit.length)));
      for (const end of endings) yield body + end;
    }
  }
}

type Signs = (element: AST.Element) => readonly string[];

/** The characters that an element of one character takes: of the common ones, and of those that the expression names. */
function signsOf(source: string, flags: string): Signs {
  const candidates = [...new Set([...common, ...source])];
  const unicode = flags.replaceAll(/[gyd]/g, '');
  return (element) => {
    const one = new RegExp(`^(?:${element.raw})$`, unicode);
    return candidates.filter((sign) => one.test(sign)).slice(0, mostSigns);
  };
}

/** Each run of elements of a sequence that could be repeated, with a text that the elements before it take. */
function* repetitions(alternative: AST.Alternative, before: string, signs: Signs): Generator<[before: string, unit: string]> {
  const { elements } = alternative;
  const texts = elements.map((element) => textOf(element, signs));
  for (const [index, element] of elements.entries()) {
    const start = before + texts.slice(0, index).join('');
    for (const sign of isSign(element) ? signs(inner(element)) : [])
      yield* [[start, sign] as [string, string], ['', sign] as [string, string]];
    for (let end = index + 1; end <= Math.min(elements.length, index + 8); end++) yield [start, texts.slice(index, end).join('')];
    for (const inside of alternativesOf(element)) yield* repetitions(inside, start, signs);
  }
}

/** A text that an element takes; empty where it takes none or stands for a place. */
function textOf(element: AST.Element, signs: Signs): string {
  if (element.type === 'Quantifier') return textOf(element.element, signs).repeat(Math.max(1, element.min));
  if (isSign(element)) return signs(element)[0] ?? '';
  const [first] = element.type === 'Assertion' && element.kind !== 'lookahead' ? [] : alternativesOf(element);
  return first?.elements.map((one) => textOf(one, signs)).join('') ?? '';
}

function inner(element: AST.Element): AST.Element {
  return element.type === 'Quantifier' ? inner(element.element) : element;
}

function isSign(element: AST.Element): boolean {
  return ['Character', 'CharacterClass', 'CharacterSet', 'ExpressionCharacterClass'].includes(inner(element).type);
}

function alternativesOf(element: AST.Element): readonly AST.Alternative[] {
  const one = inner(element);
  return 'alternatives' in one ? one.alternatives : [];
}
