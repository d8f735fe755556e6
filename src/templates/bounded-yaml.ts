import {
  type Alias,
  Composer,
  type CST,
  type Document,
  type DocumentOptions,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  Lexer,
  type Node,
  type ParseOptions,
  Parser,
  type SchemaOptions,
} from 'yaml';
import { longestText } from './budget.ts';
import { Complaint } from './template-error.ts';

/** Lexer tokens of a YAML text: enough for thousands of lines. Each costs memory and time long before it is interpreted. */
const mostTokens = 100_000;
const mostAnchors = 1_000;
const mostDocuments = 500;
const deepest = 100;
/** Values in a document; those repeated by an alias count again. */
const mostValues = 100_000;

/**
 * The documents of a YAML text. Its tokens are counted while it is read, so that no text takes long or exhausts the memory.
 * @throws Complaint if it is too large or too deep
 */
export function boundedDocuments(text: string, options: ParseOptions & DocumentOptions & SchemaOptions): Document[] {
  const documents: Document[] = [];
  // The library compares every pair of keys of a map; `checkDocument` uses a set.
  const composed = new Composer({ ...options, uniqueKeys: false }).compose(boundedTokens(text), true, text.length);
  for (const document of composed as Iterable<Document>) {
    documents.push(document);
    if (documents.length > mostDocuments)
      throw new Complaint(startOf(document.contents) ?? 0, `the rendered text has more than ${mostDocuments} documents`);
  }
  return documents;
}

function* boundedTokens(text: string): Generator<CST.Token> {
  const parser = new Parser();
  let tokens = 0;
  let anchors = 0;
  for (const word of new Lexer().lex(text)) {
    const at = parser.offset;
    if (++tokens > mostTokens) throw new Complaint(at, `the rendered text has more than ${mostTokens} tokens`);
    if (/^[&*]/.test(word) && ++anchors > mostAnchors)
      throw new Complaint(at, `the rendered text has more than ${mostAnchors} anchors and aliases`);
    yield* parser.next(word);
    if (parser.stack.length > deepest)
      throw new Complaint(at, `the rendered text has more than ${deepest} levels of nested lists and maps`);
  }
  yield* parser.end();
}

/**
 * Checks a document before it is converted to values.
 * @throws Complaint if a key is duplicated, an anchor contains itself, or aliases expand it beyond the limits
 */
export function checkDocument({ contents }: Document): void {
  new Weighing().of(contents);
}

interface Weight {
  readonly values: number;
  readonly characters: number;
}

class Weighing {
  /** The weight of the last node of each anchor so far; `under way`: the node has not ended, so an alias in it would be circular. */
  readonly #anchored = new Map<string, Weight | 'under way'>();

  of(node: unknown): Weight {
    if (isAlias(node)) return this.#again(node);
    if (isScalar(node))
      return this.#anchor(node, () => ({ values: 1, characters: typeof node.value === 'string' ? node.value.length : 1 }));
    if (!isCollection(node)) return { values: 1, characters: 0 };
    return this.#anchor(node, () => {
      if (isMap(node)) checkKeys(node.items);
      return this.#sum(
        node,
        node.items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item])),
      );
    });
  }

  #sum(node: Node, inside: readonly unknown[]): Weight {
    let [values, characters] = [1, 0];
    for (const one of inside) {
      const weight = this.of(one);
      values += weight.values;
      characters += weight.characters;
      if (values > mostValues || characters > longestText) throw new Complaint(startOf(one) ?? startOf(node) ?? 0, tooMuch);
    }
    return { values, characters };
  }

  #anchor(node: Node & { anchor?: string | undefined }, weigh: () => Weight): Weight {
    const { anchor } = node;
    if (anchor !== undefined) this.#anchored.set(anchor, 'under way');
    const weight = weigh();
    if (anchor !== undefined) this.#anchored.set(anchor, weight);
    return weight;
  }

  #again(alias: Alias): Weight {
    const weight = this.#anchored.get(alias.source);
    if (weight === 'under way')
      throw new Complaint(startOf(alias) ?? 0, `the alias *${alias.source.slice(0, 80)} is inside its own anchor`);
    return weight ?? { values: 1, characters: 0 };
  }
}

const tooMuch = `the document is too large: more than ${mostValues} values or ${longestText} characters, where each alias counts as a copy`;

function checkKeys(pairs: readonly { readonly key: unknown }[]): void {
  const seen = new Set<unknown>();
  for (const { key } of pairs) {
    const value: unknown = isScalar(key) ? key.value : key;
    if (seen.has(value) && value !== '<<') throw new Complaint(startOf(key) ?? 0, 'this key is twice in the same map');
    seen.add(value);
  }
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
