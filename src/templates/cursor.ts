import { mostVariables } from './budget.ts';
import type { Definition, Token } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';

/** Blocks and parentheses nested deeper than this are rejected, before they exhaust the stack. */
const deepest = 100;

/** The state of the parser: the remaining tokens, the variables in scope, and the templates that the file has defined so far. */
export class Cursor {
  readonly definitions = new Map<string, Definition>();
  variables: string[] = ['$'];
  /** Number of loops around the current position. */
  loops = 0;
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  /** Offset of the next token, or of the end of the text. */
  get at(): number {
    return this.peek()?.at ?? this.#end;
  }

  takeIf(kind: Token['kind']): Token | undefined {
    return this.peek()?.kind === kind ? this.take() : undefined;
  }

  expect(kind: Token['kind'], wanted: string): Token {
    const token = this.takeIf(kind);
    if (!token) throw this.unexpected(wanted);
    return token;
  }

  declare(variable: string): void {
    if (this.variables.length >= mostVariables) throw new Complaint(this.at, `more than ${mostVariables} variables are in scope here`);
    this.variables.push(variable);
  }

  unexpected(wanted: string): Complaint {
    const token = this.peek();
    const found = !token ? 'the end of the template' : token.kind === 'close' ? 'the end of the action' : JSON.stringify(shown(token.text));
    return new Complaint(this.at, `expected ${wanted}, found ${found}`);
  }

  /** Whether the current position is not inside any block. */
  get isOutermost(): boolean {
    return this.#depth === 0;
  }

  /** Parses the body of a separate template, which has no access to the variables and loops around it. */
  apart<T>(parse: () => T): T {
    const outer = { variables: this.variables, loops: this.loops };
    this.variables = ['$'];
    this.loops = 0;
    const result = this.deeper(parse);
    this.variables = outer.variables;
    this.loops = outer.loops;
    return result;
  }

  /** Parses a recursive part of the grammar. */
  deeper<T>(parse: () => T): T {
    if (++this.#depth > deepest) throw new Complaint(this.at, `more than ${deepest} nested blocks and parentheses`);
    const result = parse();
    this.#depth--;
    return result;
  }
}
