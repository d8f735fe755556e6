import { join } from 'node:path';
import { gitClient } from '../clients/git/git-client.ts';
import { GitLogins } from '../clients/git/logins/logins.ts';
import { podLogins, privateAuthorities } from '../clients/git/logins/pod-logins.ts';
import { gitEnvironment } from '../clients/git/program/git-environment.ts';
import { appTokens, githubFor } from '../clients/github/login.ts';
import { type Http, httpClient } from '../clients/http/http-client.ts';
import { logStore } from '../clients/log-store/log-store-client.ts';
import { type Registry, registriesOf, registryClient } from '../clients/registry/registry-client.ts';
import { slackRunMessages } from '../clients/slack/outbound/run-messages.ts';
import type { FreezeFile } from '../clients/store/freeze-file.ts';
import type { Store } from '../clients/store/store-client.ts';
import { templateFiles } from '../clients/templates/templates-client.ts';
import { isPlain } from '../core/plain-http.ts';
import { lineRedactor } from '../core/redaction/redactor.ts';
import { freezeOf } from '../core/release/freeze.ts';
import { readerNamed } from '../logs/readers.ts';
import { commitSource } from '../pipeline/intake/commit-source.ts';
import { OwnCommits } from '../pipeline/intake/own-commits.ts';
import type { Ports } from '../pipeline/ports.ts';
import { releaseAssets } from '../pipeline/release/assets.ts';
import type { CollectPorts } from '../pipeline/release/collect.ts';
import { notesFrom } from '../pipeline/release/notes.ts';
import type { Approvers } from '../pipeline/release/ports.ts';
import type { ExternalLogin } from '../pipeline/stage/registry-logins.ts';
import { surroundings } from '../pipeline/stage/stage-values.ts';
import { fileSource } from '../pipeline/version/file-source.ts';
import { type AppContext, slackOptions, viewFor } from './app-context.ts';

/** Parts built earlier, since others use them too. */
export interface Built {
  readonly cluster: Ports['cluster'] & CollectPorts['cluster'];
  readonly store: Store;
  readonly freezes: FreezeFile;
  readonly approvers: Approvers;
}

/** The pipeline's ports to the outside: the clients determined by configuration and secrets, each as the port it implements. */
export function portsFrom(context: AppContext, { cluster, store, freezes, approvers }: Built) {
  const { config, secrets, settings, known, log, now, uid } = context;
  const http = httpClient({ proxies: settings.proxies });
  const { dataFolder } = settings;
  const github = githubFor(context);
  const gitLogins = new GitLogins(context.gitLogins, appTokens(context));
  const forGit = { ...gitEnvironment(context.env), proxies: settings.proxies };
  const git = gitClient({ folder: join(dataFolder, 'git'), rules: config.git, http, log, ...forGit, logins: gitLogins });
  const news = notesFrom(github?.releases, new OwnCommits(store));
  const templates = templateFiles(context.templates);
  const logs = logStore(dataFolder, log);
  const registry = ownRegistry(context, http);
  return {
    cluster,
    registry: registriesOf(registry, outsideRegistries(context, http)),
    git: commitSource(git, github, log.info),
    files: fileSource(git, github?.files, log.info),
    ...(github && { github }),
    runMessages: slackRunMessages({ ...slackOptions(context), instance: config.instance, viewOf: viewFor(context) }),
    records: store,
    logs,
    templates,
    clone: podLogins(gitLogins, privateAuthorities()),
    release: {
      ...(github && { github: github.releases }),
      changes: news,
      notes: news,
      assets: releaseAssets({ cluster, templates, now, logs, around: surroundings(config, secrets) }),
      freezes: { of: (repository) => freezeOf(freezes.list(), repository) },
      approvers,
      logins: loginsOf(context),
    },
    readerNamed,
    redaction: () => lineRedactor(known),
    now,
    uid,
    log: log.info,
  } satisfies Partial<Ports>;
}

/** With the authority of its own, if it has one. */
function ownRegistry({ config, secrets, settings: { proxies } }: AppContext, http: Http): Registry {
  const { registryUsername: username, registryPassword: password, registryAuthority: ca } = secrets;
  const trusting = ca ? { http: httpClient({ ca, proxies }), hasAuthority: true } : { http };
  return registryClient({ api: config.registry.api, ...trusting, ...(username && password && { credentials: { username, password } }) });
}

/** A registry with its own CA gets its own HTTP client: that CA must not be trusted for any other host. */
function outsideRegistries({ config, logins, certificates, settings: { proxies } }: AppContext, http: Http) {
  const clients = Object.entries(config.registries ?? {}).map(([name, { api }]) => {
    const [ca, login] = [certificates[name], logins[name]];
    const trusting = ca ? { http: httpClient({ ca, proxies }), hasAuthority: true } : { http };
    return [name, registryClient({ api, name, ...trusting, ...(login && { credentials: login }) })] as const;
  });
  return Object.fromEntries(clients);
}

function loginsOf({ config, logins, certificates }: AppContext): ExternalLogin[] {
  return Object.entries(config.registries ?? {}).map(([name, registry]) => {
    const ca = certificates[name];
    return { name, push: registry.push, ...logins[name], ...(ca && { ca }), ...(isPlain(registry) && { plain: true }) };
  });
}
