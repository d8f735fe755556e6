import { parseArgs } from 'node:util';

export interface CopyFlags {
  readonly source: string;
  readonly destination: string;
  /** All images of an index, not the one for this platform. */
  readonly all: boolean;
  readonly plainSource: boolean;
  readonly plainDestination: boolean;
  readonly authFile: string | undefined;
  readonly digestFile: string | undefined;
}

const text = { type: 'string' } as const;
const toggle = { type: 'boolean' } as const;

/** The flags of `skopeo copy` that are played; throws for others, in skopeo's words. */
export function parseCopy(words: readonly string[]): CopyFlags {
  const options = {
    all: { ...toggle, short: 'a' },
    'preserve-digests': toggle,
    quiet: { ...toggle, short: 'q' },
    authfile: text,
    digestfile: text,
    'retry-times': text,
    'src-tls-verify': text,
    'dest-tls-verify': text,
    'src-cert-dir': text,
    'dest-cert-dir': text,
  } as const;
  const { values, positionals } = parsed(words, options);
  const [source, destination, ...more] = positionals;
  if (source === undefined || destination === undefined || more.length > 0) throw new Error('Exactly two arguments expected');
  if (values.all !== true && values['preserve-digests'] === true) throw new Error('the sandbox plays --preserve-digests with --all only');
  return {
    source,
    destination,
    all: values.all === true,
    plainSource: values['src-tls-verify'] === 'false',
    plainDestination: values['dest-tls-verify'] === 'false',
    authFile: values.authfile,
    digestFile: values.digestfile,
  };
}

function parsed<O extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(words: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const [, flag] = /'(--?[\w-]+)/.exec((error as Error).message) ?? [];
    throw new Error(flag ? `unknown flag: ${flag}` : (error as Error).message);
  }
}
