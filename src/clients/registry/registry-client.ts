import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import type { Http, HttpAnswer } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { ledAway } from '../http/login-page.ts';
import { absenceIn } from './absent.ts';
import { manifestTypes, readManifest } from './image-manifest.ts';
import { type LoginKind, type RegistryCredentials, RegistryLogin } from './login.ts';

export interface Registry {
  /**
   * Undefined if there is no such image.
   * @throws UserError if the user can fix it, HttpError otherwise
   */
  manifest(repository: string, reference: string): Promise<RegistryManifest | undefined>;
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
    if (!repositoryName.test(repository))
      throw new UserError(`${JSON.stringify(repository)} is not an image name: use lower-case letters, digits and . _ - / only.`);
    if (!referenceName.test(reference)) throw new UserError(`${JSON.stringify(reference)} is neither a tag nor a digest.`);
    const body = await this.#fetch(repository, reference);
    if (!body) return undefined;
    const content = readManifest(body.text);
    if (!content)
      throw new HttpError(`${this.#at(repository, reference)} is not a kind of manifest that coxswain supports (Docker schema 2, OCI)`, {
        retry: false,
      });
    if (content.kind === 'image') {
      const { bytes, config, layers } = content;
      return { digest: body.digest, bytes, config, layers };
    }
    const image = content.digest && referenceName.test(content.digest) ? await this.#fetch(repository, content.digest) : undefined;
    const inner = image && readManifest(image.text);
    return { digest: body.digest, bytes: inner?.kind === 'image' ? inner.bytes : 0 };
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
      return new UserError(`The registry ${host} denies reading ${path} (403): check the permissions of ${settings}_USERNAME.`);
    if (status === 429 || status >= 500)
      return new HttpError(`The registry ${host} answers ${status} for ${path}`, { retry: true, retryAt });
    return new UserError(`${href} does not answer as an image registry (${status} for ${path}): check ${key} in the configuration.`);
  }
}

/** The digest of a body with the algorithm of another digest (image-spec, "Registered algorithms"). The registry is not trusted blindly. */
function digestLike(other: string, body: Buffer): string {
  const algorithm = other.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

/** Combines the registries: the cluster's own, and external ones by name. */
export function registriesOf(own: Pick<Registry, 'manifest'>, outside: Readonly<Record<string, Pick<Registry, 'manifest'>>>) {
  return {
    manifest(repository: string, reference: string, name?: string) {
      const registry = name === undefined ? own : outside[name];
      if (!registry) throw new UserError(`There is no registry \`${name}\` in the configuration.`);
      return registry.manifest(repository, reference);
    },
  };
}
