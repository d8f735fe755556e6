import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { TagState } from '../../core/release/tag-state.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { absenceIn } from './absent.ts';
import { type BegunUpload, beginUpload } from './begin-upload.ts';
import { manifestTypes, readManifest } from './image-manifest.ts';
import { type LoginKind, type RegistryCredentials, RegistryLogin } from './login.ts';
import { notRegistry, type RegistryContext, refusalOf } from './refusal.ts';
import { tagState } from './tag-state.ts';

export interface Registry {
  /**
   * Undefined if there is no such image.
   * @throws UserError if the user can fix it, HttpError otherwise
   */
  manifest(repository: string, reference: string): Promise<RegistryManifest | undefined>;
  /** Whether it has this tag, whatever the tag refers to. Never throws. */
  tag(repository: string, tag: string): Promise<TagState>;
  /**
   * Checks that it is a registry that grants access, and that the login is right even where reading needs none.
   * @throws UserError if the user can fix it, HttpError otherwise
   */
  ping(): Promise<Access>;
  /**
   * Begins an upload under one of these names, and cancels it.
   * @throws UserError if the login may not push there, HttpError
   */
  beginUpload(names: readonly [string, ...string[]]): Promise<BegunUpload>;
}

/** How a registry grants access. `unproven`: it has ignored the login, which it may need for a push. */
export interface Access {
  readonly login: LoginKind;
  readonly unproven?: true;
}

export interface RegistryManifest {
  readonly digest: string;
  /** Size of config and layers as stored in the registry; for an index, those of its image for Linux on amd64. */
  readonly bytes: number;
  /** Digest of the configuration; absent for an index of several images. */
  readonly config?: string;
  /** Digests of the layers, in their order. */
  readonly layers?: readonly string[];
}

export interface RegistryOptions {
  /** The URL at which coxswain reaches the registry, e.g. `http://localhost:5000`. */
  readonly api: string;
  /** Its name in `registries` in the configuration; the cluster's own registry has none. */
  readonly name?: string;
  readonly credentials?: RegistryCredentials;
  readonly http: Http;
  /** Whether `http` trusts certificates that are configured for this registry. */
  readonly hasAuthority?: boolean;
}

/** Names and tags allowed by the distribution specification ("Pulling manifests"). */
const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const referenceName = /^(?:\w[\w.-]{0,127}|[a-z0-9+._-]+:[0-9a-f]{32,})$/;

export function registryClient({ api, name, credentials, http, hasAuthority = false }: RegistryOptions): Registry {
  return new DistributionRegistry(
    {
      api: new URL(api),
      key: name === undefined ? 'registry.api' : `registries.${name}.api`,
      settings: name === undefined ? 'REGISTRY' : `REGISTRY_${name.toUpperCase()}`,
      hasAuthority,
      ...(credentials && { username: credentials.username }),
    },
    http,
    credentials,
  );
}

class DistributionRegistry implements Registry {
  readonly #context: RegistryContext;
  readonly #login: RegistryLogin;

  constructor(context: RegistryContext, http: Http, credentials: RegistryCredentials | undefined) {
    this.#context = context;
    this.#login = new RegistryLogin(context, http, credentials);
  }

  async manifest(repository: string, reference: string): Promise<RegistryManifest | undefined> {
    demandNames(repository, reference);
    const body = await this.#fetch(repository, reference);
    if (!body) return undefined;
    const content = readManifest(body.text, this.#place(repository, reference));
    if (!content)
      throw new HttpError(`${this.#at(repository, reference)} is not a kind of manifest that coxswain supports (Docker schema 2, OCI)`, {
        retry: false,
      });
    if (content.kind === 'image') {
      const { bytes, config, layers } = content;
      return { digest: body.digest, bytes, config, layers };
    }
    const image = content.digest && referenceName.test(content.digest) ? await this.#fetch(repository, content.digest) : undefined;
    const inner = image && readManifest(image.text, this.#place(repository, content.digest ?? ''));
    return { digest: body.digest, bytes: inner?.kind === 'image' ? inner.bytes : 0 };
  }

  async tag(repository: string, tag: string): Promise<TagState> {
    try {
      demandNames(repository, tag);
      const asking = {
        host: this.#context.api.host,
        key: this.#context.key,
        ask: async (path: string, accept: string) => (await this.#login.ask(path, accept, `repository:${repository}:pull`)).answer,
        errorOf: (answer: HttpAnswer, path: string) => refusalOf(answer, path, this.#context),
        ping: () => this.#demandRegistry(),
      };
      return await tagState(asking, repository, tag);
    } catch (error) {
      return { state: 'unknown', error };
    }
  }

  async ping(): Promise<Access> {
    const login = await this.#demandRegistry();
    if (login !== 'none' || this.#context.username === undefined) return { login };
    const proven = await this.#login.prove();
    return proven ? { login: proven } : { login, unproven: true };
  }

  async beginUpload(names: readonly [string, ...string[]]): Promise<BegunUpload> {
    return beginUpload(this.#login, this.#context, names);
  }

  /** @throws if it is not a registry that grants access */
  async #demandRegistry(): Promise<LoginKind> {
    const { answer, kind } = await this.#login.ask('/v2/', '*/*', '');
    if (answer.status !== 200) throw refusalOf(answer, '/v2/', this.#context);
    if (!isRegistry(answer)) throw notRegistry('another kind of answer for /v2/', this.#context);
    return kind;
  }

  async #fetch(repository: string, reference: string): Promise<{ digest: string; text: string } | undefined> {
    const path = `/v2/${repository}/manifests/${reference}`;
    const { answer } = await this.#login.ask(path, manifestTypes, `repository:${repository}:pull`);
    const absence = absenceIn(answer);
    // A server that is no registry, or a proxy without one behind it, answers 404 for everything.
    if (absence === 'bare') await this.#demandRegistry();
    if (absence !== 'no') return undefined;
    if (answer.status !== 200) throw refusalOf(answer, path, this.#context);
    const wanted = reference.includes(':') ? reference : (answer.header('docker-content-digest') ?? '');
    const digest = digestLike(wanted, answer.body);
    if (wanted !== '' && wanted !== digest) {
      throw new HttpError(`${this.#at(repository, reference)} arrived corrupted: expected ${inQuotes(wanted, 200)}, got ${digest}`, {
        retry: true,
      });
    }
    return { digest, text: answer.text() };
  }

  #place(repository: string, reference: string) {
    return { host: this.#context.api.host, about: `the manifest of ${this.#at(repository, reference)}` };
  }

  #at(repository: string, reference: string): string {
    return `${this.#context.api.host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  }
}

/**
 * Whether the response to /v2/ is one of a registry. Distribution, zot, Harbor, Quay and most others send the header; the specification
 * only demands status 200. Their bodies are `{}`, `true` (Quay) or empty.
 */
function isRegistry({ header, text }: HttpAnswer): boolean {
  if (header('docker-distribution-api-version') !== undefined) return true;
  return ['', '{}', 'true', 'null', '[]'].includes(text().replace(/\s+/g, ''));
}

/** @throws UserError */
function demandNames(repository: string, reference: string): void {
  if (!repositoryName.test(repository))
    throw new UserError(`${JSON.stringify(repository)} is not an image name: use lower-case letters, digits and . _ - / only.`);
  if (!referenceName.test(reference)) throw new UserError(`${JSON.stringify(reference)} is neither a tag nor a digest.`);
}

/** The digest of a body with the algorithm of another digest (image-spec, "Registered algorithms"). The registry is not trusted blindly. */
function digestLike(other: string, body: Buffer): string {
  const algorithm = other.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

type Reads = Pick<Registry, 'manifest' | 'tag'>;

/** Combines the registries: the cluster's own, and external ones by name. */
export function registriesOf(own: Reads, outside: Readonly<Record<string, Reads>>) {
  const named = (name: string | undefined) => {
    const registry = name === undefined ? own : outside[name];
    if (!registry) throw new UserError(`There is no registry \`${name}\` in the configuration.`);
    return registry;
  };
  return {
    manifest: (repository: string, reference: string, name?: string) => named(name).manifest(repository, reference),
    tag: async (repository: string, tag: string, name?: string): Promise<TagState> => await named(name).tag(repository, tag),
  };
}
