import { readFileSync } from 'node:fs';
import test from 'ava';
import { ConfigError } from '../src/config/config-error.ts';
import type { Checks } from '../src/config/rules.ts';
import { readConfig, readConfigFile, readConfiguration } from '../src/config.ts';
import { UserError } from '../src/core/errors.ts';

const checks: Checks = {
  cron: (expression) => (expression.split(' ').length < 5 ? `found "${expression}"; allowed: a cron expression` : undefined),
  gitUrl(url) {
    if (url.startsWith('ext::')) throw new UserError('ext:: is refused');
  },
  template: (name) => (name === 'makisuu' ? 'there is no template makisuu, did you mean makisu?' : undefined),
};

const least = `
instance: lab
channel: "#ci"
registry: { push: "registry:5000", pull: "localhost:32000", api: "http://registry:5000/" }
repositories:
  - name: Studio.Go-Runner
    git: https://example.com/runner.git
    stages:
      - name: image
        image: { template: makisu, repository: team/runner }
      - name: test
        test: { template: test, timeout: 1h30m, command: [go, test] }
`;

/** The mistakes in a text, as `line:column path: message`. */
function mistakesOf(text: string): string[] {
  try {
    readConfig(text, 'c.yaml', checks);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => line.replace(/^c\.yaml:/, ''));
  }
}

const named = test.macro<[change: (text: string) => string, ...expected: RegExp[]]>({
  exec(t, change, ...expected) {
    const mistakes = mistakesOf(change(least));
    t.is(mistakes.length, expected.length, mistakes.join('\n'));
    for (const [index, form] of expected.entries()) t.regex(mistakes[index] ?? '', form);
  },
  title: (rule) => rule ?? '',
});

test('a branch pattern may contain ? and ], but none of the characters that git forbids', (t) => {
  const written = (pattern: string) => mistakesOf(least.replace('    stages:', `    branches: ['${pattern}']\n    stages:`));
  for (const pattern of ['release/v?', 'a]b', '?', 'fix/**']) t.deepEqual(written(pattern), [], pattern);
  for (const pattern of ['a[b', 'a b', '-x', 'a~1', 'a:b']) t.is(written(pattern).length, 1, pattern);
});

test('the least configuration gets every default', (t) => {
  const config = readConfig(least, 'c.yaml', checks);
  t.like(config, {
    poll: '*/30 * * * * *',
    people: { operators: [], approvers: [], workspaces: [], guests: false, emails: {} },
    registry: { api: 'http://registry:5000' },
    git: { httpHosts: [], localRoots: [], botEmail: 'coxswain@localhost' },
    limits: { runs: 10, newRuns: 20 },
    keep: { namespaces: 600_000, runs: 200 },
  });
  t.deepEqual(Object.keys(config.limits), ['runs', 'newRuns']);
  t.false('cache' in config);
  const [repository] = config.repositories;
  t.like(repository, { short: 'studio-go-runner', clone: 'https://example.com/runner.git', branches: ['main'], channel: '#ci' });
  t.deepEqual(repository?.stages[0], {
    name: 'image',
    kind: 'image',
    template: 'makisu',
    repository: 'team/runner',
    context: '.',
    dockerfile: 'Dockerfile',
    push: 'direct',
    timeout: 2_700_000,
    startTimeout: 7_200_000,
    workspace: '2Gi',
    values: {},
  });
  t.like(repository?.stages[1], { kind: 'test', gpus: 0, command: ['go', 'test'], timeout: 5_400_000 });
});

test('every mistake of a file is named at once, in the order of the file', (t) => {
  const text = least.replace('lab', 'Lab').replace('"registry:5000"', '"http://r"').replace('team/runner', 'Team').replace('1h30m', '90');
  t.deepEqual(
    mistakesOf(`${text}    branchs: [x]\n`).map((line) => line.replace(/: (found|unknown).*/, '')),
    [
      '2:1: instance',
      '4:13: registry.push',
      '10:36: repositories[0].stages[0].image.repository',
      '12:33: repositories[0].stages[1].test.timeout',
      '13:5: repositories[0].branchs',
    ],
  );
});

test(
  'an unknown key is told the known ones and the nearest',
  named,
  (text) => `${text}instnce: x\n`,
  /^13:1: instnce: unknown key, did you mean instance\?; allowed: instance, channel, poll/,
);
test(
  'a missing key is named at the map that lacks it',
  named,
  (text) => text.replace('    git: https://example.com/runner.git\n', ''),
  /^6:5: repositories\[0\]\.git: is missing; it is an https, http or ssh URL/,
);
test(
  'an empty file lacks the keys that have no default',
  named,
  () => '',
  /instance: is missing/,
  /channel: is missing/,
  /registry: is missing/,
  /repositories: is missing/,
);
test(
  'a channel that YAML took for a comment is explained',
  named,
  (text) => text.replace('"#ci"', '#ci'),
  /^3:1: channel: found nothing; allowed: .*reads # as a comment/,
);
test(
  'a number where a text belongs asks for quotes',
  named,
  (text) => text.replace('    stages:', '    branches: [1.5]\n    stages:'),
  /^8:16: repositories\[0\]\.branches\[0\]: found the number 1\.5; .*put it in quotes$/,
);
test(
  'a key that stands twice is named where it stands again',
  named,
  (text) => `${text}poll: "* * * * *"\npoll: "1"\n`,
  /poll: found "1"|unique/,
  /./,
);
test('a tab is named by its place', named, (text) => text.replace('      - name: test', '\t- name: test'), /^11:1: Tabs are not allowed/);
test('bad indentation is named by its place', named, (text) => text.replace('channel', ' channel'), /^2:11: /);
test('a cron expression is checked', named, (text) => `${text}poll: "* *"\n`, /^13:1: poll: found "\* \*"; allowed: a cron expression$/);
test(
  'git and clone URLs are checked',
  named,
  (text) => text.replace('https://example.com/runner.git', '"ext::sh"\n    clone: "ext::x"'),
  /^7:5: repositories\[0\]\.git: ext:: is refused$/,
  /^8:5: repositories\[0\]\.clone: ext/,
);
test(
  'a test without an image before it is refused',
  named,
  (text) => text.replace(/ +- name: image\n.*\n/, ''),
  /^10:9: .*stages\[0\]\.test: has no image to test; add a stage with `image` before it$/,
);
test(
  'a stage has one kind',
  named,
  (text) => text.replace('        test: {', '        image: { template: makisu, repository: x }\n        test: {'),
  /stages\[1\]: has more than one of image, test, release/,
);
test(
  'a stage has some kind',
  named,
  (text) => `${text}      - name: idle\n`,
  /stages\[2\]: does nothing; give it one of image, test, release$/,
);
test(
  'stage names are unique in a repository',
  named,
  (text) => text.replace('name: test', 'name: image'),
  /stages\[1\]\.name: is already used by stages\[0\]/,
);
test(
  'a build context stays inside the repository',
  named,
  (text) => text.replace('repository: team', 'context: a/../.., repository: team'),
  /image\.context: found "a\/\.\.\/\.\."; allowed: .*without \.\.$/,
);
test(
  'what later versions do is said to be absent',
  named,
  (text) => `${text.replace('test: { ', 'test: { services: [s3], ')}images: []\n`,
  /test\.services: .*not available in this version/,
  /images: starting runs on new images is not available in this version/,
);
test(
  'a release needs a version, something to release, and can only be the last',
  named,
  (text) => text.replace('    stages:\n', '    stages:\n      - name: out\n        release: {}\n'),
  /stages\[0\]\.release: can only be the last stage/,
  /stages\[0\]\.release: needs `version:` in this repository/,
  /stages\[0\]\.release: releases nothing; add images, github or both/,
);
test(
  'a release names registries and images that lead somewhere',
  named,
  (text) =>
    `${text.replace('    stages:\n', '    version: { from: readme }\n    stages:\n')}      - name: out\n        release: { github: {}, images: [{ name: image, template: makisu, repository: a, registry: quay }] }\n`,
  /release\.github: needs `github: owner\/name` in this repository/,
  /images\[0\]\.name: is already the name of another stage/,
  /images\[0\]\.registry: is not one of `registries`: none are configured/,
);
test(
  'releases come from branches that are watched',
  named,
  (text) =>
    `${text.replace('    stages:\n', '    version: { from: readme }\n    github: a/b\n    stages:\n')}      - { name: out, release: { github: {}, branches: [main, "relaese/*"] } }\n`,
  /release\.branches\[1\]: "relaese\/\*" is not watched: `branches` of this repository lists main/,
);
test(
  'a template that is not there is told beside other mistakes, with its line, also of a release image',
  named,
  (text) =>
    text
      .replace('template: makisu,', 'template: makisuu,')
      .replace('channel: "#ci"', 'channel: "#ci"\nkeeep: {}')
      .concat('      - { name: out, release: { images: [{ name: x, template: makisuu, repository: a/b }] } }\n'),
  /^4:1: keeep: unknown key/,
  /^11:18: repositories\[0\]\.stages\[0\]\.image\.template: there is no template makisuu, did you mean makisu\?/,
  /^14:\d+: repositories\[0\]\.stages\[2\]\.release: needs `version:`/,
  /^14:\d+: repositories\[0\]\.stages\[2\]\.release\.images\[0\]\.template: there is no template makisuu/,
);
test(
  'who wrote a commit is known by an e-mail',
  named,
  (text) => `${text}people: { emails: { ada: U0123ADA, "lin@example.com": U0456LIN } }\n`,
  /^13:21: people\.emails\.ada: found the key "ada"; allowed: an e-mail address$/,
);
test(
  'templates of the watched repository are said to be absent',
  named,
  (text) => text.replace('template: makisu', 'template: "repo:ci.yaml"'),
  /repo:….* not available in this version$/,
);
test(
  'a URL of the registry with a password is refused and the password not repeated',
  named,
  (text) => text.replace('"http://registry:5000/"', '"http://u:hunter2@registry"'),
  /^4:61: registry\.api: found what looks like a secret(?!.*hunter2).*REGISTRY_/,
);
test(
  'a token under an unknown key is one mistake, with the remedy',
  named,
  (text) => `${text}token: xoxb-1-2\n`,
  /^13:1: token: found what looks like a secret(?!.*xoxb).*SLACK_BOT_TOKEN_FILE$/,
);
test(
  'a password among the values of a template is refused',
  named,
  (text) => text.replace('command: [go, test]', 'values: { db: { password: hunter2 } }'),
  /values\.db\.password: found what looks like a secret(?!.*hunter2).*Secret in the cluster$/,
);

test('the cache is named with its port', named, (text) => `${text}cache: redis\n`, /^13:1: cache: found "redis"; allowed: host:port/);
test('keys and tokens of others are refused too, and what only sounds like one is not', (t) => {
  const withValues = (values: string) => least.replace('command: [go, test]', `values: ${values}`);
  for (const value of ['"AKIAABCDEFGHIJKLMNOP"', '"-----BEGIN RSA PRIVATE KEY-----\\nMIIabc\\n-----END RSA PRIVATE KEY-----"']) {
    t.regex(mistakesOf(withValues(`{ x: ${value} }`))[0] ?? '', /values\.x: found what looks like a secret/, value);
  }
  t.deepEqual(mistakesOf(withValues('{ secretName: team-registry, tokenizer: fast, args: ["--token-file=/run/t"] }')), []);
});

test('a login of git names its variables, and who logs in by ssh is no secret', (t) => {
  const login = (secret: string) =>
    `${least.replace(/git: .*/, 'git: ssh://git@git.lab/team/app.git')}git: { logins: [{ host: git.lab, kind: ssh-key, secret: ${secret}, knownHosts: ["ssh-ed25519 AAAA"] }] }\n`;
  t.deepEqual(mistakesOf(login('LAB')), []);
  for (const secret of ['hunter2', 'AKIAABCDEFGHIJKLMNOP'])
    t.regex(mistakesOf(login(secret))[0] ?? '', /secret: found what looks like a secret/);
  for (const url of ['ssh://git:hunter2@git.lab/a', 'https://hunter2@git.lab/a'])
    t.regex(mistakesOf(login('LAB').replace(/ssh:\/\/git@\S*/, url)).join(), /\.git: found what looks like a secret/, url);
});

test('the logins of git that the README shows are taken as they stand there', (t) => {
  const [, shown = ''] = /```yaml\n(git:\n[\s\S]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8')) ?? [];
  t.regex(shown, /kind: ssh-key, secret: LAB/);
  t.deepEqual(mistakesOf(least + shown.replaceAll('…', '')), []);
});

test('short names that would be the same are refused, with the remedy', (t) => {
  const second = least.slice(least.indexOf('  - name: Studio')).replace('Studio.Go', 'studio-go');
  const [mistake, ...others] = mistakesOf(least + second);
  t.regex(
    mistake ?? '',
    /repositories\[1\]\.name: the short name studio-go-runner is already used by repositories\[0\]; give this one a different `short`/,
  );
  t.deepEqual(others, []);
  t.deepEqual(mistakesOf(least + second.replace('git:', 'short: other\n    git:')), []);
});

test('a short name that is the name of another repository is refused: the word would mean both', (t) => {
  const second = least.slice(least.indexOf('  - name: Studio')).replace('Studio.Go', 'other').replace('git:', 'short: fair\n    git:');
  const first = least.replace(/name: Studio\S+/, 'name: Fair').replace('git:', 'short: first\n    git:');
  t.deepEqual(mistakesOf(first + second.replace('short: fair', 'short: fine')), []);
  const [issue = '', ...others] = mistakesOf(first + second);
  t.regex(issue, /repositories\[1\]\.short: fair is the name of repositories\[0\], so the word would mean both/);
  t.deepEqual(others, []);
});

test('anchors and merges are followed, and a mistake in one is named at its source', (t) => {
  const text = least
    .replace('instance: lab', 'instance: &i lab')
    .replace('test: { template: test,', 'test: { <<: &basics { workspace: 3Gi }, template: test,');
  t.is(readConfig(text, 'c.yaml', checks).repositories[0]?.stages[1]?.workspace, '3Gi');
  t.regex(mistakesOf(text.replace('3Gi', '3 Gi'))[0] ?? '', /^12:31: .*test\.workspace: found "3 Gi"; allowed: a Kubernetes quantity/);
});

test('an alias that multiplies itself is refused', (t) => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdef'[i]}, `.repeat(9)}]`),
  ].join('\n');
  t.regex(mistakesOf(bomb)[0] ?? '', /[Ee]xcessive alias count/);
});

test('a file that cannot be read is a mistake of the configuration', (t) => {
  const error = t.throws(
    () =>
      readConfigFile('gone.yaml', checks, () => {
        throw new Error('ENOENT');
      }),
    { instanceOf: ConfigError },
  );
  t.is(error.message, 'gone.yaml: cannot be read: ENOENT');
});

test('mistakes of the environment and of the file come together', (t) => {
  const env = { SLACK_BOT_TOKEN: 'xoxp-1', LOG_LEVEL: 'loud', COXSWAIN_CONFIG: 'mine.yaml' };
  const error = t.throws(() => readConfiguration(env, checks, () => least.replace('lab', 'LAB')), { instanceOf: ConfigError });
  t.deepEqual(
    error.issues.map(({ file, path }) => `${file} ${path}`),
    ['environment LOG_LEVEL', 'environment SLACK_BOT_TOKEN', 'environment SLACK_APP_TOKEN', 'mine.yaml instance'],
  );
});

test('what the file names in the environment and on the disk comes with all other mistakes', (t) => {
  const text = `${least.replace('lab', 'LAB')}registries: { quay: { push: quay.io, api: "https://quay.io", ca: /gone.pem } }\n`;
  const env = { LOG_LEVEL: 'loud', GITHUB_APP_ID: '7', REGISTRY_QUAY_USERNAME: 'cox', COXSWAIN_CONFIG: 'mine.yaml' };
  const readFile = (path: string) => {
    if (path === 'mine.yaml') return text;
    throw new Error('ENOENT');
  };
  const error = t.throws(() => readConfiguration(env, checks, readFile), { instanceOf: ConfigError });
  t.deepEqual(
    error.issues.map(({ path }) => path),
    [
      'LOG_LEVEL',
      'GITHUB_APP_INSTALLATION_ID',
      'GITHUB_APP_KEY',
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'instance',
      'REGISTRY_QUAY_USERNAME',
      'registries.quay.ca',
    ],
  );
});

test('two logins at one address of a registry end the start', (t) => {
  const text = `${least}registries: { hub: { push: "registry:5000", api: "https://registry:5000" } }\n`;
  const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', REGISTRY_USERNAME: 'cox', REGISTRY_PASSWORD: 'hunter22' };
  const env = { ...tokens, REGISTRY_HUB_USERNAME: 'robot', REGISTRY_HUB_PASSWORD: 'hunter23', COXSWAIN_CONFIG: 'mine.yaml' };
  const error = t.throws(() => readConfiguration(env, checks, () => text), { instanceOf: ConfigError });
  t.deepEqual(
    error.issues.map(({ path }) => path),
    ['registries.hub.push'],
  );
  t.notThrows(() => readConfiguration({ ...env, REGISTRY_HUB_USERNAME: 'cox', REGISTRY_HUB_PASSWORD: 'hunter22' }, checks, () => text));
});

test('a token in place of a path is named and never repeated', (t) => {
  const token = `xoxb-${'1'.repeat(12)}-${'a'.repeat(24)}`;
  const text = `${least}registries: { quay: { push: quay.io, api: "https://quay.io", ca: ${token} } }\n`;
  const readFile = (path: string) => {
    if (path === 'coxswain.yaml') return text;
    throw new Error(`ENOENT ${path}`);
  };
  const { message } = t.throws(() => readConfiguration({}, checks, readFile), { instanceOf: ConfigError });
  t.regex(message, /registries\.quay\.ca/);
  t.false(message.includes(token));
});
