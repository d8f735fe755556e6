import { trimSigns } from '../trim.ts';
import { jsonWords, pairsIn, replaceVariables, withoutComment } from './words.ts';

/** A COPY or ADD: from the build context, or from the stage that `from` names. */
export interface Copy {
  readonly kind: 'ADD' | 'COPY';
  readonly from: string;
  readonly chown: string;
  readonly sources: readonly string[];
  readonly target: string;
}

/** What one line asks for, beyond its text. */
export type Meaning =
  | { readonly kind: 'FROM'; readonly image: string; readonly alias: string }
  | Copy
  | { readonly kind: 'RUN'; readonly command: string }
  | { readonly kind: 'ENV' | 'LABEL'; readonly pairs: Readonly<Record<string, string>> }
  | { readonly kind: 'CMD' | 'ENTRYPOINT' | 'EXPOSE' | 'VOLUME' | 'HEALTHCHECK'; readonly words: readonly string[] }
  | { readonly kind: 'WORKDIR' | 'USER' | 'MAINTAINER' | 'STOPSIGNAL' | 'ARG'; readonly value: string };

type Kind = Meaning['kind'];

/** One line of a Dockerfile with its variables replaced. */
export interface Directive {
  readonly meaning: Meaning;
  readonly args: string;
  readonly commit: boolean;
}

export interface Stage {
  readonly alias: string;
  readonly directives: readonly Directive[];
}

interface State {
  readonly passed: ReadonlyMap<string, string>;
  readonly global: Map<string, string>;
  /** Undefined before the first FROM. */
  stage: Map<string, string> | undefined;
}

/** Reads a Dockerfile as Makisu 0.4.2 does; it knows no SHELL, ONBUILD, here-documents or `.dockerignore`. */
export function parseDockerfile(text: string, buildArgs: ReadonlyMap<string, string>): Stage[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const joined = `${lines.join('\n')}\n`.replaceAll('\\\n', '').split('\n');
  const state: State = { passed: buildArgs, global: new Map(), stage: undefined };
  const stages: { alias: string; directives: Directive[] }[] = [];
  for (const [index, line] of joined.entries()) {
    try {
      const directive = parseLine(line, state);
      if (directive?.meaning.kind === 'FROM')
        stages.push({ alias: directive.meaning.alias || String(stages.length), directives: [directive] });
      else if (directive !== undefined) stages.at(-1)?.directives.push(directive);
    } catch (error) {
      throw new Error(`failed to create new directive (line ${index + 1}): ${(error as Error).message}`);
    }
  }
  return stages;
}

function parseLine(line: string, state: State): Directive | undefined {
  const { text, commit } = withoutComment(line);
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const [word = ''] = trimmed.split(/\s/, 1);
  const raw = trimmed.slice(word.length).trimStart();
  if (raw === '') throw new Error(`Failed to parse directive line: '${text}'`);
  const kind = word.toUpperCase();
  const refuse = (reason: string): never => {
    throw new Error(`failed to parse '${kind}' directive with args '${raw}': ${reason}`);
  };
  const read = readers[kind as Kind] ?? refuse('Unsupported directive type');
  if (kind !== 'FROM' && kind !== 'ARG' && state.stage === undefined) refuse('Invalid directive before first build stage (FROM)');
  const verbatim = ['MAINTAINER', 'STOPSIGNAL', 'HEALTHCHECK'].includes(kind);
  const known = kind === 'FROM' ? state.global : (state.stage ?? state.global);
  const args = verbatim ? raw : replaceVariables(raw, known);
  const meaning = read(kind as Kind, args, refuse);
  remember(meaning, state);
  return kind === 'ARG' && state.stage === undefined ? undefined : { meaning, args, commit };
}

/** ENV and ARG change what later lines see; FROM begins anew. */
function remember(meaning: Meaning, state: State): void {
  if (meaning.kind === 'FROM') state.stage = new Map();
  if (meaning.kind === 'ENV') for (const [name, value] of Object.entries(meaning.pairs)) state.stage?.set(name, value);
  if (meaning.kind !== 'ARG') return;
  const [, name = meaning.value, standard] = /^([\w.-]+)=(.*)$/s.exec(meaning.value) ?? [];
  const unquoted = standard?.replace(/^"(.*)"$/s, '$1');
  const value = (state.stage === undefined ? undefined : state.global.get(name)) ?? state.passed.get(name) ?? unquoted;
  if (value !== undefined) (state.stage ?? state.global).set(name, value);
}

type Reader = (kind: Kind, args: string, refuse: (reason: string) => never) => Meaning;

const one: Reader = (kind, args, refuse) => {
  if (/\s/.test(args) && kind !== 'MAINTAINER') refuse('Expected exactly one argument');
  return { kind: kind as 'USER', value: args };
};
const shellOrList: Reader = (kind, args) => ({ kind: kind as 'CMD', words: jsonWords(args) ?? ['/bin/sh', '-c', args] });
const list: Reader = (kind, args) => ({ kind: kind as 'EXPOSE', words: jsonWords(args) ?? args.split(/\s+/) });

const pairs: Reader = (kind, args, refuse) => {
  const found = pairsIn(args);
  if (found !== undefined) return { kind: kind as 'ENV', pairs: found };
  const [, name, value] = /^(\S+) (.+)$/s.exec(args) ?? [];
  if (kind === 'LABEL' || name === undefined || value === undefined) return refuse('Malformed key/value pairs');
  return { kind: 'ENV', pairs: { [name]: value } };
};

const from: Reader = (_kind, args, refuse) => {
  const [image = '', as, alias = '', ...more] = args.split(/\s+/);
  if (as !== undefined && (as.toLowerCase() !== 'as' || alias === '' || more.length > 0)) refuse('Malformed image alias');
  return { kind: 'FROM', image, alias };
};

const copy: Reader = (kind, args, refuse) => {
  const words = args.split(/\s+/);
  const options = new Map<string, string>();
  while (words[0]?.startsWith('--')) {
    const [, name = '', value = ''] = /^--(\w+)(?:=(.*))?$/.exec(words.shift() ?? '') ?? [];
    options.set(name, value);
  }
  const paths = (jsonWords(words.join(' ')) ?? words).map((path) => trimSigns(path, `"'`));
  const target = paths.pop() ?? '';
  if (paths.length === 0) refuse('Missing arguments');
  return { kind: kind as 'COPY', from: options.get('from') ?? '', chown: options.get('chown') ?? '', sources: paths, target };
};

const health: Reader = (_kind, args) => {
  const [, command = ''] = /\bCMD\s+(.*)$/is.exec(args) ?? [];
  if (command === '') return { kind: 'HEALTHCHECK', words: ['NONE'] };
  const words = jsonWords(command);
  return { kind: 'HEALTHCHECK', words: words === undefined ? ['CMD-SHELL', command] : ['CMD', ...words] };
};

const readers: Readonly<Record<Kind, Reader>> = {
  FROM: from,
  ADD: copy,
  COPY: copy,
  RUN: (_kind, args) => ({ kind: 'RUN', command: jsonWords(args)?.join(' ') ?? args }),
  ENV: pairs,
  LABEL: pairs,
  CMD: shellOrList,
  ENTRYPOINT: shellOrList,
  EXPOSE: list,
  VOLUME: list,
  HEALTHCHECK: health,
  WORKDIR: one,
  USER: one,
  MAINTAINER: one,
  STOPSIGNAL: one,
  ARG: (_kind, args) => ({ kind: 'ARG', value: args }),
};
