/** The flags of `makisu build` 0.4.2: `kind` is how a value is read, `words` how the help calls it. */
interface Flag {
  readonly name: string;
  readonly kind: 'string' | 'strings' | 'bool' | 'duration';
  readonly help: string;
  readonly short?: string;
  readonly standard?: string;
}

const flag = (name: string, kind: Flag['kind'], help: string, more: Partial<Flag> = {}): Flag => ({ name, kind, help, ...more });
const storageHelp =
  'Directory that makisu uses for temp files and cached layers. Mount this path for better caching performance. ' +
  'If modifyfs is set, default to /makisu-storage; Otherwise default to /tmp/makisu-storage';
const loadHelp = 'Load image into docker daemon after build. Requires access to docker socket at location defined by $' + '{DOCKER_HOST}';
const commitHelp =
  "Set to explicit to only commit at steps with '#!COMMIT' annotations; Set to implicit to commit at every ADD/COPY/RUN step";

const buildFlags: readonly Flag[] = [
  flag('file', 'string', 'The absolute path to the dockerfile', { short: 'f', standard: 'Dockerfile' }),
  flag('tag', 'string', 'Image tag (required)', { short: 't' }),
  flag('push', 'strings', 'Registry to push image to'),
  flag('replica', 'strings', 'Push targets with alternative full image names "<registry>/<repo>:<tag>"'),
  flag('registry-config', 'string', 'Set build-time variables'),
  flag('dest', 'string', 'Destination of the image tar'),
  flag('target', 'string', 'Set the target build stage to build.'),
  flag('build-arg', 'strings', 'Argument to the dockerfile as per the spec of ARG. Format is "--build-arg <arg>=<value>"'),
  flag('modifyfs', 'bool', 'Allow makisu to modify files outside of its internal storage dir'),
  flag('commit', 'string', commitHelp, { standard: 'implicit' }),
  flag('blacklist', 'strings', 'Makisu will ignore all changes to these locations in the resulting docker images'),
  flag('local-cache-ttl', 'duration', 'Time-To-Live for local cache', { standard: '336h0m0s' }),
  flag('redis-cache-addr', 'string', 'The address of a redis server for cacheID to layer sha mapping'),
  flag('redis-cache-password', 'string', "The password of the Redis server, should match 'requirepass' in redis.conf"),
  flag('redis-cache-ttl', 'duration', 'Time-To-Live for redis cache', { standard: '336h0m0s' }),
  flag('http-cache-addr', 'string', 'The address of the http server for cacheID to layer sha mapping'),
  flag('http-cache-header', 'strings', 'Request header for http cache server. Format is "--http-cache-header <header>:<value>"'),
  flag('docker-host', 'string', 'Docker host to load images to', { standard: 'unix:///var/run/docker.sock' }),
  flag('docker-version', 'string', 'Version string for loading images to docker', { standard: '1.21' }),
  flag('docker-scheme', 'string', 'Scheme for api calls to docker daemon', { standard: 'http' }),
  flag('load', 'bool', loadHelp),
  flag('storage', 'string', storageHelp),
  flag('compression', 'string', "Image compression level, could be 'no', 'speed', 'size', 'default'", { standard: 'default' }),
  flag('preserve-root', 'bool', 'Copy / in the storage dir and copy it back after build.'),
  flag('help', 'bool', 'help for build', { short: 'h' }),
];

const globalFlags: readonly Flag[] = [
  flag('cpu-profile', 'bool', 'Profile the application'),
  flag('log-fmt', 'string', 'The format of the logs. Valid values are "json" and "console"', { standard: 'json' }),
  flag('log-level', 'string', 'Verbose level of logs. Valid values are "debug", "info", "warn", "error"', { standard: 'info' }),
  flag('log-output', 'string', 'The output file path for the logs. Set to "stdout" to output to stdout', { standard: 'stdout' }),
];

const allFlags = [...buildFlags, ...globalFlags];

/** What the command line said; a flag that may be repeated has all its values in order. */
export interface Flags {
  text(name: string): string;
  texts(name: string): readonly string[];
  on(name: string): boolean;
  readonly rest: readonly string[];
}

/** Reads the words after `build`: `--flag=value`, `--flag value`, `-f value`, `-f=value`, `-fvalue`. Throws what pflag says. */
export function parseFlags(words: readonly string[]): Flags {
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') rest.push(...queue.splice(0));
    else if (!word.startsWith('-') || word === '-') rest.push(word);
    else take(word, queue, values);
  }
  const texts = (name: string): readonly string[] => values.get(name) ?? [];
  const standard = (name: string): string => allFlags.find((known) => known.name === name)?.standard ?? '';
  return {
    texts,
    text: (name) => texts(name).at(-1) ?? standard(name),
    on: (name) => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(texts(name).at(-1) ?? 'false'),
    rest,
  };
}

function take(word: string, queue: string[], values: Map<string, string[]>): void {
  const long = word.startsWith('--');
  const [, name = '', given] = long ? (/^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []) : (/^-(.)(?:=?(.+))?$/s.exec(word) ?? []);
  const known = allFlags.find((one) => (long ? one.name : one.short) === name);
  if (known === undefined) throw new Error(long ? `unknown flag: --${name}` : `unknown shorthand flag: '${name}' in ${word}`);
  const value = given ?? (known.kind === 'bool' ? 'true' : queue.shift());
  if (value === undefined) throw new Error(`flag needs an argument: ${long ? word : `'${name}' in ${word}`}`);
  check(known, value);
  values.set(known.name, [...(values.get(known.name) ?? []), value]);
}

function check(known: Flag, value: string): void {
  const shown = known.short === undefined ? `--${known.name}` : `-${known.short}, --${known.name}`;
  const wrong = (reason: string): never => {
    throw new Error(`invalid argument "${value}" for "${shown}" flag: ${reason}`);
  };
  if (known.kind === 'bool' && !/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value)) {
    wrong(`strconv.ParseBool: parsing "${value}": invalid syntax`);
  }
  if (known.kind === 'duration' && !/^(0|(\d+(\.\d+)?(ns|us|ms|s|m|h))+)$/.test(value)) wrong(`time: invalid duration ${value}`);
}

/** The text that Makisu prints after a mistake on its command line. */
export function usage(): string {
  const build = 'Usage:\n  makisu build -t=<image_tag> [flags] <context_path>\n';
  return `${build}\nFlags:\n${table(buildFlags)}\nGlobal Flags:\n${table(globalFlags)}`;
}

function table(flags: readonly Flag[]): string {
  const kinds = { string: ' string', strings: ' stringArray', bool: '', duration: ' duration' };
  const rows = flags.map((one) => ({
    left: `  ${one.short === undefined ? '    ' : `-${one.short}, `}--${one.name}${kinds[one.kind]}`,
    right: one.help + defaultOf(one),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 3;
  return rows.map(({ left, right }) => `${left.padEnd(width)}${right}\n`).join('');
}

function defaultOf({ kind, standard }: Flag): string {
  if (standard === undefined) return '';
  return kind === 'string' ? ` (default "${standard}")` : ` (default ${standard})`;
}
