import { posix } from 'node:path';
import type { Meaning } from './dockerfile.ts';

/** The part of an image's configuration that Dockerfile lines write (Docker's names). */
export interface ContainerConfig {
  User?: string;
  ExposedPorts?: Record<string, object>;
  Env: string[];
  Cmd?: readonly string[];
  Entrypoint?: readonly string[];
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
  Healthcheck?: { Test: readonly string[] };
}

export const emptyConfig = (): ContainerConfig => ({ Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] });

/** The configuration after a line. */
export function configured(config: ContainerConfig, meaning: Meaning): ContainerConfig {
  switch (meaning.kind) {
    case 'CMD':
      return { ...config, Cmd: meaning.words };
    case 'ENTRYPOINT':
      return { ...config, Entrypoint: meaning.words };
    case 'ENV':
      return { ...config, Env: merged(config.Env, meaning.pairs) };
    case 'LABEL':
      return { ...config, Labels: { ...config.Labels, ...meaning.pairs } };
    case 'EXPOSE':
      return { ...config, ExposedPorts: { ...config.ExposedPorts, ...asKeys(meaning.words) } };
    case 'VOLUME':
      return { ...config, Volumes: { ...config.Volumes, ...asKeys(meaning.words) } };
    case 'HEALTHCHECK':
      return { ...config, Healthcheck: { Test: meaning.words } };
    case 'WORKDIR':
      return { ...config, WorkingDir: posix.resolve('/', config.WorkingDir ?? '', meaning.value) };
    case 'USER':
      return { ...config, User: meaning.value };
    case 'STOPSIGNAL':
      return { ...config, StopSignal: meaning.value };
    default:
      return config;
  }
}

const asKeys = (words: readonly string[]): Record<string, object> => Object.fromEntries(words.map((word) => [word, {}]));

function merged(env: readonly string[], more: Readonly<Record<string, string>>): string[] {
  const all = new Map([...env.map((pair): [string, string] => split(pair)), ...Object.entries(more)]);
  return [...all].map(([name, value]) => `${name}=${value}`).sort();
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
