import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { cacheFinding } from '../../src/cli/findings/cache.ts';
import { type Cluster, clusterFindings } from '../../src/cli/findings/cluster.ts';
import { gitFindings } from '../../src/cli/findings/git.ts';
import { type GithubAccess, githubFindings } from '../../src/cli/findings/github.ts';
import { externalRegistryFinding, registryFindings } from '../../src/cli/findings/registry.ts';
import { versionFindings } from '../../src/cli/findings/version.ts';
import { ClusterError } from '../../src/core/cluster.ts';
import type { Repository, Secrets, VersionSource } from '../../src/core/config.ts';
import { UserError } from '../../src/core/errors.ts';

const everything: Cluster = {
  version: async () => 'v1.36.3',
  storageClasses: async () => [{ name: 'hostpath', default: true }],
  allowed: async () => ({ allowed: true, reason: '' }),
  tryCreate: confinedTo('lab'),
};

/** As the policy of `manifests/bot` answers. */
function confinedTo(instance: string): Cluster['tryCreate'] {
  return async ({ kind, metadata }) => {
    if (kind === 'Namespace' && metadata.name.startsWith(`cox-${instance}-`)) return;
    const message = `ValidatingAdmissionPolicy 'coxswain' denied request: coxswain ${instance} has the namespaces cox-${instance}-*`;
    throw new ClusterError(message, { code: 403, reason: 'Forbidden', retry: false });
  };
}

test('a cluster that grants all is well', async (t) => {
  const findings = await clusterFindings(everything, 'lab');
  t.deepEqual(
    findings.map(({ about, state }) => [about, state]),
    [
      ['Cluster: API server', 'ok'],
      ['Cluster: rights', 'ok'],
      ['Cluster: policy', 'ok'],
      ['Cluster: storage', 'ok'],
    ],
  );
});

test('each verb that is not granted is named, with what is lost by it', async (t) => {
  const allowed: Cluster['allowed'] = async (verb, group, resource, _namespace, subresource) => ({
    allowed: `${verb} ${group}/${resource}/${subresource ?? ''}` !== 'get /pods/log' && !(verb === 'create' && resource === 'jobs'),
    reason: 'no rule',
  });
  const missing = (await clusterFindings({ ...everything, allowed }, 'lab')).filter(({ state }) => state === 'failed');
  t.deepEqual(
    missing.map(({ evidence }) => evidence),
    [
      'may not create jobs of batch in all namespaces, and every stage is a Job (no rule)',
      'may not get pods/log in all namespaces, and logs say why a stage failed (no rule)',
    ],
  );
  t.regex(missing[0]?.next ?? '', /manifests\/bot\/rbac\.yaml/);
});

test('an account that nothing confines is told so, and so is a policy of another instance', async (t) => {
  const policy = async (tryCreate: Cluster['tryCreate']) =>
    (await clusterFindings({ ...everything, tryCreate }, 'lab')).find(({ about }) => about === 'Cluster: policy');
  const open = await policy(async () => undefined);
  t.like(open, { state: 'warning', evidence: 'this account may create namespaces of any name and tokens of service accounts' });
  t.regex(open?.next ?? '', /kubectl apply -k manifests\/bot/);
  const other = await policy(confinedTo('prod'));
  t.is(other?.state, 'failed');
  t.regex(other?.evidence ?? '', /a namespace of this instance is refused: .* the namespaces cox-prod-\*/);
  t.regex(other?.next ?? '', /`instance: lab` in the first line of coxswain\.yaml/);
  const down = new ClusterError('no route', { code: 0, reason: 'Unreachable', retry: true });
  t.like(await policy(() => Promise.reject(down)), { state: 'unknown', evidence: 'no route' });
});

test('a cluster that cannot be reached is one finding', async (t) => {
  const version = () => Promise.reject(new Error('connect ECONNREFUSED'));
  const findings = await clusterFindings({ ...everything, version }, 'lab');
  t.is(findings.length, 1);
  t.like(findings[0], { state: 'failed', evidence: 'connect ECONNREFUSED' });
});

test('storage needs one default class', async (t) => {
  const storage = async (...classes: [string, boolean][]) => {
    const storageClasses = async () => classes.map(([name, isDefault]) => ({ name, default: isDefault }));
    return (await clusterFindings({ ...everything, storageClasses }, 'lab')).at(-1);
  };
  t.like(await storage(), { state: 'failed', evidence: 'there is no storage class' });
  t.like(await storage(['slow', false]), { state: 'failed', evidence: 'no default among slow' });
  t.like(await storage(['a', true], ['b', true]), { state: 'warning', evidence: 'a, b are all marked as default; the newest is used' });
});

const named = () => 'GIT_A_USERNAME';
const commit = async (_: Repository, __: string, sha: string) => ({ sha });
const repository: Repository = {
  name: 'demo',
  short: 'demo',
  git: 'https://git.example.com/demo',
  clone: 'https://git.example.com/demo',
  branches: ['main'],
  channel: '#ci',
  stages: [],
};

const tryProgram = async () => undefined;

test('a repository is read as a poll reads it', async (t) => {
  const [found] = await gitFindings({ commit, tryProgram, heads: async () => ({ main: 'abcdef0123' }) }, [repository], named);
  t.like(found, { state: 'ok', evidence: 'https://git.example.com/demo with GIT_A_USERNAME: main at abcdef0' });
  const others = async ({ branches }: Repository): Promise<Record<string, string>> =>
    branches.includes('**') ? { dev: 'abcdef0123' } : {};
  const [unmatched] = await gitFindings({ commit, tryProgram, heads: others }, [repository], named);
  t.like(unmatched, { state: 'warning', evidence: 'https://git.example.com/demo answers, but no branch matches main' });
  const [none] = await gitFindings({ commit, tryProgram, heads: async () => ({}) }, [repository], named);
  t.like(none, { state: 'failed', evidence: 'https://git.example.com/demo answers that it has no branches at all' });
  const [refused] = await gitFindings({ commit, tryProgram, heads: () => Promise.reject(new Error('401')) }, [repository], named);
  t.like(refused, { state: 'failed', evidence: '401' });
  t.regex(refused?.next ?? '', /git ls-remote https:\/\/git\.example\.com\/demo/);
});

test('a repository whose heads can be read, and no commit, is a failure', async (t) => {
  const git = { tryProgram, heads: async () => ({ main: 'abcdef0' }), commit: () => Promise.reject(new Error('git fetch says: fatal')) };
  const [found] = await gitFindings(git, [repository], named);
  t.like(found, { state: 'failed', evidence: 'git fetch says: fatal' });
});

test('an address for pods alone is said to be unproved', async (t) => {
  const git = { commit, tryProgram, heads: async () => ({ main: 'abcdef0' }) };
  const [, clone] = await gitFindings(git, [{ ...repository, clone: 'http://10.0.0.1/demo' }], named);
  t.like(clone, { state: 'unknown', next: 'From a pod: git ls-remote http://10.0.0.1/demo' });
});

const addresses = { push: 'registry.svc:5000', pull: 'node.example.com:32000', api: 'http://registry:5000' };

test('the registry is asked by each of its addresses, and what only others can see is said so', async (t) => {
  const registry = { ping: async () => ({ login: 'none' }), tokenBuilders: ['makisu'] };
  const request = async (url: string) => (url.startsWith('http://') ? { status: 200 } : Promise.reject(new Error('no TLS')));
  const [api, push, pull] = await registryFindings(addresses, registry, { request });
  t.like(api, { state: 'ok' });
  t.like(push, {
    state: 'ok',
    evidence: "registry.svc:5000 answers here (http); if this runs in the bot's pod, other pods can reach it too",
  });
  t.like(pull, { state: 'unknown' });
  t.regex(pull?.next ?? '', /crictl pull node\.example\.com:32000\/.*mirror for node\.example\.com:32000/);
});

test('a registry that pods would speak to otherwise than it answers is a warning, with the key to set', async (t) => {
  const registry = { ping: async () => ({ login: 'none' }), tokenBuilders: [] };
  const seen = async (scheme: string, more: object) => {
    const request = async (url: string) => (url.startsWith(`${scheme}://`) ? { status: 401 } : Promise.reject(new Error('not so')));
    return (await registryFindings({ ...addresses, ...more }, registry, { request }))[1];
  };
  t.like(await seen('https', {}), {
    state: 'warning',
    evidence: 'registry.svc:5000 answers here by https, but pods use plain HTTP, and verify no TLS',
    next: 'Set `plain: false` in `registry`, or correct `push`.',
  });
  t.like(await seen('http', { push: 'registry.example.com:5000' }), {
    state: 'warning',
    evidence: 'registry.example.com:5000 answers here by http, but pods use TLS',
    next: 'Set `plain: true` in `registry` if plain HTTP is intended, or correct `push`.',
  });
  t.like(await seen('https', { plain: false }), { state: 'ok' });
});

test('a registry that has not looked at the login is said to be one', async (t) => {
  const registry = { ping: async () => ({ login: 'none', unproven: true }), tokenBuilders: [] };
  const [api] = await registryFindings(addresses, registry, { request: () => Promise.reject(new Error('away')) });
  t.like(api, { state: 'ok' });
  t.regex(api?.evidence ?? '', /answers without a login, and has not looked at the one it was given/);
});

test("a registry that is away fails by the bot's own address alone", async (t) => {
  const away = () => Promise.reject(new Error('away'));
  const findings = await registryFindings({ ...addresses, pull: 'localhost:32000' }, { ping: away, tokenBuilders: [] }, { request: away });
  t.deepEqual(
    findings.map(({ state }) => state),
    ['failed', 'unknown', 'unknown'],
  );
  t.notRegex(findings[2]?.next ?? '', /mirror/);
});

/** A server that answers each connection as told; gives its address. */
async function served(t: ExecutionContext, answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => answer(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a cache that answers PONG is well', async (t) => {
  const address = await served(t, (socket) =>
    socket.once('data', (data) => socket.end(`${data}` === 'PING\r\n' ? '+PONG\r\n' : '-ERR\r\n')),
  );
  t.like(await cacheFinding(address), { state: 'ok', evidence: `${address} answers PONG` });
});

test('a cache that asks for a password, closes, or stays silent is a warning', async (t) => {
  const asks = await served(t, (socket) => socket.end('-NOAUTH Authentication required.\r\n'));
  t.like(await cacheFinding(asks), { state: 'warning', evidence: `${asks}: -NOAUTH Authentication required.` });
  const closes = await served(t, (socket) => socket.end());
  t.like(await cacheFinding(closes), { state: 'warning' });
  const silent = await served(t, (socket) => t.teardown(() => socket.destroy()));
  t.like(await cacheFinding(silent, 50), { state: 'warning', evidence: `${silent}: no answer within 0.05 s` });
});

test('a name of the cluster has no meaning outside, and no cache is a warning', async (t) => {
  t.like(await cacheFinding('makisu-cache.coxswain-cache.invalid:6379'), { state: 'unknown' });
  t.like(await cacheFinding(undefined), { state: 'warning' });
});

test('a registry that wants the password itself is warned of where a builder, such as Makisu, cannot push to it', async (t) => {
  const found = (login: string, tokenBuilders = ['makisu']) =>
    externalRegistryFinding('azure', 'https://images.example.com', 'REGISTRY_AZURE', { ping: async () => ({ login }), tokenBuilders });
  t.like(await found('bearer'), { about: 'External registry: azure', state: 'ok' });
  t.like(await found('basic'), { state: 'warning' });
  t.regex((await found('basic')).evidence, /the builder of makisu can only log in with tokens/);
  t.like(await found('basic', []), { state: 'ok' });
  const refused = { ping: () => Promise.reject(new Error('it refuses the login')), tokenBuilders: [] };
  const { state, next } = await externalRegistryFinding('azure', 'https://images.example.com', 'REGISTRY_AZURE', refused);
  t.is(state, 'failed');
  t.regex(next ?? '', /REGISTRY_AZURE_USERNAME and REGISTRY_AZURE_PASSWORD/);
});

test('an upload is begun to see whether Makisu can push, and what to use instead is said', async (t) => {
  const seen = (begun: object, login = 'none') => {
    const upload = { login, repository: 'team/app', relative: false, cancelled: true, ...begun };
    const registry = { ping: async () => ({ login }), tokenBuilders: ['makisu'], beginUpload: async () => upload };
    return externalRegistryFinding('zot', 'http://zot:5000', 'REGISTRY_ZOT', registry);
  };
  t.deepEqual(await seen({}, 'bearer'), {
    about: 'External registry: zot',
    state: 'ok',
    evidence: 'http://zot:5000 accepts the login (bearer), and a push can begin',
  });
  const relative = await seen({ relative: true });
  t.like(relative, { state: 'warning' });
  t.regex(relative.evidence, /answers an upload with a relative Location, so Makisu \(template makisu\) cannot push there$/);
  t.regex(relative.next ?? '', /`push: copy`.*`template: release-copy`/);
  t.regex((await seen({ login: 'basic' })).evidence, /only log in with tokens, so its pushes would fail with 401/);
  t.regex((await seen({ cancelled: false })).evidence, /the upload of team\/app that was begun to see this could not be cancelled/);
  const refused = {
    ping: async () => ({ login: 'bearer' }),
    tokenBuilders: ['makisu'],
    beginUpload: () => Promise.reject(new Error('may not push')),
  };
  t.like(await externalRegistryFinding('zot', 'http://zot:5000', 'REGISTRY_ZOT', refused), { state: 'failed', evidence: 'may not push' });
});

test('no upload is begun where no such builder pushes', async (t) => {
  const registry = { ping: async () => ({ login: 'basic' }), tokenBuilders: [], beginUpload: () => Promise.reject(new Error('begun')) };
  t.like(await externalRegistryFinding('zot', 'http://zot:5000', 'REGISTRY_ZOT', registry), { state: 'ok' });
});

function versioned(write: VersionSource['write'], more: Partial<Repository> = {}): Repository {
  const url = 'https://git.example.com/demo';
  const version: VersionSource = { from: 'readme', path: 'README.md', prefix: 'v', write };
  return { name: 'demo', short: 'demo', git: url, clone: url, branches: ['main'], channel: '#ci', version, stages: [], ...more };
}

const versions = { ask: async () => ({ repository: 'demo', branch: 'main', sha: 'a', path: 'README.md', version: '1.2.3' }) };
const lines = async (
  one: Repository,
  { push = false, ...secrets }: Partial<Secrets> & { push?: boolean } = {},
  source: Parameters<typeof versionFindings>[0] = versions,
) =>
  (await versionFindings(source, [one], { secrets, canPush: () => push })).map(({ state, about, evidence, next }) =>
    `${state} ${about}: ${evidence} ${next ?? ''}`.trim(),
  );

test('a version that can be read is said, and a repository without one is not looked at', async (t) => {
  t.deepEqual(await lines(versioned('none')), ['ok Version: demo: 1.2.3 in README.md on main']);
  const { version: _, ...without } = versioned('none');
  t.deepEqual(await lines(without), []);
});

test('a version that cannot be read is no failure of the bot', async (t) => {
  const ask = async () => Promise.reject(new UserError('There is no tag in README.md on main: write it.'));
  t.deepEqual(await lines(versioned('none'), {}, { ask }), [
    'warning Version: demo: There is no tag in README.md on main: write it. Fix this, or change `version` of this repository.',
  ]);
});

test('writing needs a login', async (t) => {
  const lacks =
    /^warning Version: demo, writing: version\.write is commit, but there is no login .* Set GITHUB_TOKEN, or GITHUB_APP_ID, .* of a GitHub App \(with `github`\), or a login for the host in git\.logins/;
  const github = { github: 'acme/demo' };
  t.regex((await lines(versioned('commit')))[1] ?? '', lacks);
  t.regex((await lines(versioned('commit', github)))[1] ?? '', lacks);
  t.regex(
    (await lines(versioned('pull-request', github), { push: true }))[1] ?? '',
    /Set GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_KEY of a GitHub App\.$/,
  );
  t.is((await lines(versioned('commit'), { push: true })).length, 1);
  t.is((await lines(versioned('commit', github), { githubToken: 'x' })).length, 1);
  t.is((await lines(versioned('pull-request', github), { githubAppKey: 'x' })).length, 1);
  t.is((await lines(versioned('commit', { git: '/srv/demo' }))).length, 1);
});

const url = 'https://git.example.com/demo';
const demo: Repository = {
  name: 'demo',
  short: 'demo',
  git: url,
  clone: url,
  branches: ['main'],
  channel: '#ci',
  stages: [],
  github: 'acme/demo',
};
const access = { name: 'acme/demo', private: true, canPush: true, scopes: ['repo', 'workflow'], requestsLeft: 4999 };

const finds = test.macro(async (t, github: GithubAccess | undefined, repository: Repository, ...wanted: RegExp[]) => {
  const found = await githubFindings(github, [repository]);
  t.is(found.length, wanted.length);
  for (const [index, { state, about, evidence, next = '' }] of found.entries()) {
    t.regex(`${state} ${about}: ${evidence}. ${next}`, wanted[index] ?? /$^/);
  }
});

const token = (change: object = {}): GithubAccess => ({ who: 'GITHUB_TOKEN', check: async () => ({ ...access, ...change }) });
const app = (change: object = {}): GithubAccess => ({ ...token(change), who: 'the GitHub App' });

test(
  'a token that may push is well, with its scopes and what is left to it',
  finds,
  token(),
  demo,
  /^ok GitHub: demo: GITHUB_TOKEN reads acme\/demo, which is private; may push; scopes repo, workflow; 4999 requests left this hour\. $/,
);
test(
  'a token that may not push is a failure',
  finds,
  token({ canPush: false }),
  demo,
  /^failed .*; may not push; .* statuses and releases need it\.$/,
);
test(
  'of an App GitHub need not say so',
  finds,
  app({ canPush: false }),
  demo,
  /^unknown .*the GitHub App reads .*permissions of its installation/,
);
test('an App that may push is well', finds, app(), demo, /^ok .*the GitHub App reads acme\/demo.*may push/);
test(
  'another name is told',
  finds,
  token({ name: 'acme/new' }),
  demo,
  /^warning .*acme\/demo has been renamed to acme\/new\. Write `github: acme\/new`/,
);
test('only another case is none', finds, token({ name: 'Acme/Demo' }), demo, /^ok /);
test(
  'without a login it is said what is lost, and which variables there are',
  finds,
  undefined,
  demo,
  /^warning .*neither GITHUB_TOKEN nor a GitHub App .* is set: no statuses are set\. Set GITHUB_TOKEN, or GITHUB_APP_ID, .*GITHUB_APP_KEY/,
);
test(
  'a refusal is told in its words',
  finds,
  { who: 'GITHUB_TOKEN', check: () => Promise.reject(new UserError('GITHUB_TOKEN is invalid')) },
  demo,
  /^failed GitHub: demo: GITHUB_TOKEN is invalid\. Fix this/,
);

test('a repository that is not on GitHub is not asked for', async (t) => {
  const { github: _, ...elsewhere } = demo;
  t.deepEqual(await githubFindings(undefined, [elsewhere]), []);
});
