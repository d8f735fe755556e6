import type { GitServerName } from './git.ts';
import type { RegistryName } from './registries.ts';

/** Servers as the table names them, with the versions that it was made with. */
export const labels: Readonly<Record<GitServerName | RegistryName | 'dulwich', string>> = {
  apache: 'Apache 2.4.71, CGI',
  nginx: 'nginx 1.22.1, fcgiwrap 1.1.0',
  lighttpd: 'lighttpd 1.4.69, CGI',
  dulwich: 'Dulwich 0.21.2',
  'docker-registry': 'distribution 2.8.2',
  distribution: 'distribution 3.1.2',
  olareg: 'olareg 0.1.2',
  crane: 'go-containerregistry 0.22.1',
};
