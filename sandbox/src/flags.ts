import { parseArgs } from 'node:util';

export const help = `npm run sandbox -- [flags]

Starts coxswain with stand-ins for Slack, Kubernetes, GitHub and an image registry and a small sample repository, and prints one URL.
With KUBECONFIG set, it uses that cluster.

  --port N            port of the page (4114, or a free one where that is taken)
  --gpus N            GPUs that the test of the sample asks for (0; the stand-in's node has 2)
  --folder DIR        keep everything in this folder (default: a temporary one, removed at the end)
  --fast              no pauses between build steps and tests

With a real cluster:
  --host ADDRESS      address of this machine, used by pods (required)
  --registry-push H   registry address used by pods  (registry.container-registry.svc.cluster.local:5000)
  --registry-pull H   registry address used by nodes (localhost:32000)
  --registry-api URL  registry address used by this machine (port 32000 of the API server's host)
`;

/** What was asked for cannot be; the help says what can. */
export class WrongFlag extends Error {}

export interface Flags {
  readonly port: number | undefined;
  readonly gpus: number;
  readonly folder: string | undefined;
  readonly fast: boolean;
  readonly help: boolean;
  readonly host: string | undefined;
  readonly push: string;
  readonly pull: string;
  readonly api: string | undefined;
}

/** @throws WrongFlag that says which flag is wrong and what is allowed */
export function readFlags(words: readonly string[]): Flags {
  const values = valuesOf(words);
  return {
    port: values.port === undefined ? undefined : whole('port', values.port, 65_535),
    gpus: values.gpus === undefined ? 0 : whole('gpus', values.gpus, 64),
    folder: values.folder,
    fast: values.fast ?? false,
    help: values.help ?? false,
    host: values.host,
    push: values['registry-push'] ?? 'registry.container-registry.svc.cluster.local:5000',
    pull: values['registry-pull'] ?? 'localhost:32000',
    api: values['registry-api'],
  };
}

const text = { type: 'string' } as const;
const options = {
  port: text,
  gpus: text,
  folder: text,
  host: text,
  'registry-push': text,
  'registry-pull': text,
  'registry-api': text,
  fast: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function valuesOf(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new WrongFlag((error as Error).message);
  }
}

function whole(flag: string, word: string, most: number): number {
  const number = Number(word);
  if (/^\d+$/.test(word) && number <= most) return number;
  throw new WrongFlag(`--${flag} is a whole number from 0 to ${most}, not ${JSON.stringify(word)}`);
}
