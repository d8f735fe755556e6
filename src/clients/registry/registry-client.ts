import { createHash } from 'node:crypto';
import { AccessRefused, UserError } from '../../core/errors.ts';
import type { TagState } from '../../core/release/tag-state.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { ledAway } from '../http/login-page.ts';
import { absenceIn } from './absent.ts';
import { manifestTypes, readManifest } from './image-manifest.ts';
import { type LoginKind, type RegistryCredentials, RegistryLogin } from './login.ts';
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
   * Checks that it is a registry that grants access, and returns the kind of login used.
   * @throws UserError if the user can fix it, HttpError otherwise
   */
  ping(): Promise<{ login: LoginKind }>;
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
}

/** Names and tags allowed by the distribution specification ("Pulling manifests"). */
const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const referenceName = /^(?:\w[\w.-]{0,127}|[a-z0-9+._-]+:[0-9a-f]{32,})$/;

export function registryClient({ api, name, credentials, http }: RegistryOptions): Registry {
  const settings = name === undefined ? 'REGISTRY' : `REGISTRY_${name.toUpperCase()}`;
  const login = new RegistryLogin({ api: new URL(api), http, credentials, settings });
  return new DistributionRegistry(new URL(api), login, { key: name === undefined ? 'registry.api' : `registries.${name}.api`, settings });
}

/** The configuration key of the registry, and the prefix of its login variables, for messages. */
interface ErrorContext {
  readonly key: string;
  readonly settings: string;
}

class DistributionRegistry implements Registry {
  readonly #api: URL;
  readonly #login: RegistryLogin;
  readonly #context: ErrorContext;

  constructor(api: URL, login: RegistryLogin, said: ErrorContext) {
    this.#api = api;
    this.#login = login;
    this.#context = said;
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
        host: this.#api.host,
        key: this.#context.key,
        ask: async (path: string, accept: string) => (await this.#login.ask(path, accept, `repository:${repository}:pull`)).answer,
        errorOf: (answer: HttpAnswer, path: string) => this.#errorOf(answer, path),
        ping: () => this.ping(),
      };
      return await tagState(asking, repository, tag);
    } catch (error) {
      return { state: 'unknown', error };
    }
  }

  async ping(): Promise<{ login: LoginKind }> {
    const { answer, kind } = await this.#login.ask('/v2/', '*/*', '');
    if (answer.status !== 200) throw this.#errorOf(answer, '/v2/');
    return { login: kind };
  }

  async #fetch(repository: string, reference: string): Promise<{ digest: string; text: string } | undefined> {
    const path = `/v2/${repository}/manifests/${reference}`;
    const { answer } = await this.#login.ask(path, manifestTypes, `repository:${repository}:pull`);
    const absence = absenceIn(answer);
    // A server that is no registry, or a proxy without one behind it, answers 404 for everything.
    if (absence === 'bare') await this.ping();
    if (absence !== 'no') return undefined;
    if (answer.status !== 200) throw this.#errorOf(answer, path);
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
    return { host: this.#api.host, about: `the manifest of ${this.#at(repository, reference)}` };
  }

  #at(repository: string, reference: string): string {
    return `${this.#api.host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  }

  #errorOf({ status, header, retryAt }: HttpAnswer, path: string): Error {
    const { host, href } = this.#api;
    const { key, settings } = this.#context;
    const location = header('location');
    if (status >= 300 && status < 400 && location) {
      const to = URL.canParse(location, href) ? new URL(location, href).origin : location.slice(0, 200);
      return new UserError(`${ledAway(`The registry ${host}`, to, path, `check ${key} in the configuration, and ${settings}_USERNAME`)}.`);
    }
    if (status === 403)
      return new AccessRefused(`The registry ${host} denies reading ${path} (403): check the permissions of ${settings}_USERNAME.`);
    if (status === 429 || status >= 500)
      return new HttpError(`The registry ${host} answers ${status} for ${path}`, { retry: true, retryAt });
    return new UserError(`${href} does not answer as an image registry (${status} for ${path}): check ${key} in the configuration.`);
  }
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
