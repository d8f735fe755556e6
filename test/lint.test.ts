import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../', import.meta.url));
const biome = join(root, 'node_modules/.bin/biome');

const planted = `import { type Port, save } from './port.ts';

export class Saver {
  async #own(): Promise<void> {}
  go(port: Port, later: () => Promise<void>): void {
    save('a');
    port.forget('a');
    this.#own();
    later();
    void save('b');
    save('c').catch(() => undefined);
  }
}
`;

test('a promise that nobody waits for is found, whatever it comes from', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-lint-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
  await writeFile(
    join(folder, 'port.ts'),
    'export interface Port {\n  forget(id: string): Promise<void>;\n}\nexport async function save(id: string): Promise<string> {\n  return id;\n}\n',
  );
  await writeFile(join(folder, 'saver.ts'), planted);
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(biome, ['lint', '--vcs-enabled=false', '--reporter=github', '.'], { cwd: folder }, (_, out, err) => resolve(out + err));
  const found = [...(await promise).matchAll(/noFloatingPromises,file=\S*saver\.ts,line=(\d+)/g)].map(([, line]) => Number(line));
  t.deepEqual(found.toSorted(), [6, 7, 8, 9]);
});

/** Calls of Node's functions that nobody waits for: `path:line`. Biome does not know their types. */
function adrift(path: string, text: string): string[] {
  const imports = [...text.matchAll(/^import \{([^}]*)\} from 'node:(?:[a-z]+\/promises|events)';$/gm)];
  const named = imports.flatMap(([, names = '']) => names.split(',').map((name) => name.split(' as ').at(-1)?.trim() ?? ''));
  const names = named.filter((name) => name !== 'EventEmitter' && /^\w+$/.test(name));
  if (names.length === 0) return [];
  const statements = text.matchAll(new RegExp(`(?<=[;{}]\\s*\\n\\s*)(?:${names.join('|')})\\(`, 'g'));
  return [...statements].map(({ index }) => `${path}:${text.slice(0, index).split('\n').length}`);
}

test('nor is one of a module of Node, in all code and tests', (t) => {
  const all = globSync('{src,commands,test,sandbox/src,sandbox/test}/**/*.ts', { cwd: root });
  t.deepEqual(
    all.flatMap((path) => adrift(path, readFileSync(join(root, path), 'utf8'))),
    [],
  );
  const text = [
    "import { setTimeout as sleep } from 'node:timers/promises';",
    "import { once } from 'node:events';",
    'sleep(1);',
    'void sleep(2);',
    'if (a) {',
    "  once(b, 'c');",
    '}',
    'await sleep(3);',
  ];
  t.deepEqual(adrift('a.ts', text.join('\n')), ['a.ts:3', 'a.ts:6']);
});
