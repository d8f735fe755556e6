import type { Sources } from './sources.ts';

/** The tree of a template. `at` is an offset in its `Sources`. */
export type Node = TextNode | PrintNode | SetNode | IfNode | WithNode | RangeNode | JumpNode | TemplateNode;

export interface TextNode {
  readonly kind: 'text';
  readonly at: number;
  readonly text: string;
}

export interface PrintNode {
  readonly kind: 'print';
  readonly at: number;
  readonly pipe: Pipe;
}

/** The variable that a pipe is assigned to: `$x :=` declares it, `$x =` reassigns it. */
export interface Target {
  readonly name: string;
  readonly declare: boolean;
}

export interface SetNode {
  readonly kind: 'set';
  readonly at: number;
  readonly target: Target;
  readonly pipe: Pipe;
}

/** A block with a pipe that may declare variables: `{{ if $x := … }}`. */
export interface Block {
  readonly at: number;
  readonly variables: readonly string[];
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export interface IfNode extends Block {
  readonly kind: 'if';
}

export interface WithNode extends Block {
  readonly kind: 'with';
}

/** Variables: none, the element, or index and element. */
export interface RangeNode extends Block {
  readonly kind: 'range';
}

export interface JumpNode {
  readonly kind: 'break' | 'continue';
  readonly at: number;
}

/** `{{ template "name" pipe }}`, also as part of `{{ block }}`. The variable of the pipe is in the scope of the caller. */
export interface TemplateNode {
  readonly kind: 'template';
  readonly at: number;
  readonly name: string;
  readonly target?: Target | undefined;
  readonly pipe?: Pipe;
}

/** Commands joined by `|`: the value of each becomes the last argument of the next. */
export interface Pipe {
  readonly at: number;
  readonly commands: readonly PipelineCommand[];
}

/** A function with its arguments, or one operand alone. */
export type PipelineCommand =
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly args: readonly Operand[] }
  | { readonly kind: 'operand'; readonly at: number; readonly operand: Operand };

export type Operand =
  | { readonly kind: 'literal'; readonly at: number; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly at: number; readonly root: Root; readonly fields: readonly Field[] }
  /** A function without arguments used as an argument: `default now .X`. */
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly args: readonly Operand[] };

/** Where a path starts: the dot, a variable (`$` is the value that the template was called with), or an expression in parentheses. */
export type Root =
  | { readonly kind: 'dot' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe };

export interface Field {
  readonly name: string;
  readonly at: number;
}

/** A template named by `{{ define }}`, `{{ block }}` or a whole file. */
export interface Definition {
  /** Where it begins. */
  readonly at: number;
  readonly nodes: readonly Node[];
}

/** A parsed template, with everything that it and its partials define. */
export interface Template {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly sources: Sources;
  readonly definitions: ReadonlyMap<string, Definition>;
}

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'word'
  | 'field'
  | 'dot'
  | 'variable'
  | 'string'
  | 'number'
  | '('
  | ')'
  | '|'
  | ','
  | ':='
  | '=';

/** A token of a template. `spaced`: it is preceded by white space, which separates operands. */
export interface Token {
  readonly kind: TokenKind;
  readonly at: number;
  readonly text: string;
  readonly spaced: boolean;
  /** Only for strings and numbers. */
  readonly value?: string | number;
}
