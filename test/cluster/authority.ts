import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cleaning } from './lab.ts';

const run = promisify(execFile);
const newKey = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** All PEM. */
export interface Authority {
  readonly caFile: string;
  readonly ca: string;
  /** Of the servers. */
  readonly cert: string;
  readonly key: string;
}

/** An authority that nobody knows, and what one server needs that has all of those names: `DNS:…`, `IP:…`. */
export async function anAuthority(t: Cleaning, names: readonly string[]): Promise<Authority> {
  const cwd = await mkdtemp(join(tmpdir(), 'coxswain-authority-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  const openssl = (...words: string[]) => run('openssl', words, { cwd });
  const read = (file: string) => readFile(join(cwd, file), 'utf8');
  const extensions = ['-addext', `subjectAltName=${names.join()}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  await openssl(...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=The authority');
  await openssl(
    ...newKey,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    '/CN=outside',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    ...extensions,
  );
  return { caFile: join(cwd, 'ca.pem'), ca: await read('ca.pem'), cert: await read('cert.pem'), key: await read('key.pem') };
}
