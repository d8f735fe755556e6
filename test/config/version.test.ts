import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { readConfig } from '../../src/config.ts';

const checks = { cron: () => undefined, gitUrl: () => undefined };

/** A configuration whose one repository has these further keys. */
const written = (more: string) => `
instance: lab
channel: "#ci"
registry: { push: "registry:5000", pull: "localhost:32000", api: "http://registry:5000/" }
repositories:
  - name: runner
    git: https://example.com/runner.git
    ${more}
    stages: [{ name: image, image: { template: makisu, repository: team/runner } }]
`;

const means = test.macro<[more: string, source: object]>((t, more, source) => {
  t.deepEqual(readConfig(written(more), 'c.yaml', checks).repositories[0]?.version, { prefix: 'v', write: 'none', ...source } as never);
});

test('a README is README.md', means, 'version: { from: readme }', { from: 'readme', path: 'README.md' });
test('an adoc is README.adoc', means, 'version: { from: adoc }', { from: 'adoc', path: 'README.adoc' });
test('a file is VERSION', means, 'version: { from: file }', { from: 'file', path: 'VERSION' });
test('a package is package.json', means, 'version: { from: package, write: commit }', {
  from: 'package',
  path: 'package.json',
  write: 'commit',
});
test('another file is taken by its path', means, 'version: { from: file, path: app/version.txt }', {
  from: 'file',
  path: 'app/version.txt',
});
test('tags have no file, and may have no prefix', means, 'version: { from: tags, prefix: "" }', { from: 'tags', prefix: '' });

const refused = test.macro<[more: string, words: RegExp]>((t, more, words) => {
  t.throws(() => readConfig(written(more), 'c.yaml', checks), { instanceOf: ConfigError, message: words });
});

test('an unknown source names the known ones', refused, 'version: { from: git }', /version\.from: .*readme, adoc, file, package, tags/);
test('a path that leads out is refused', refused, 'version: { from: file, path: ../x }', /version\.path: .*without \.\./);
test('tags have no path', refused, 'version: { from: tags, path: x }', /version\.path: has no effect/);
test('a bump of tags has nothing to write', refused, 'version: { from: tags, write: commit }', /version\.write: has no effect/);
test('a pull request needs GitHub', refused, 'version: { from: readme, write: pull-request }', /needs `github: owner\/name`/);
