import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitAddress } from '../../../core/git/git-address.ts';
import type { Login } from '../logins/logins.ts';

type Key = Extract<Login, { readonly kind: 'ssh' }>;

let folder: string | undefined;

/** Keys of logins as files, which ssh wants; in a folder of this process alone. */
function keyFolder(): string {
  if (folder === undefined) {
    removeLeftOver();
    const made = mkdtempSync(join(tmpdir(), `coxswain-ssh-${process.pid}-`));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** What a process has left that was killed; in a container the next one has its id. Whose folder is taken away by mistake makes it again. */
function removeLeftOver(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^coxswain-ssh-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid === 0 || (pid !== process.pid && existsSync(`/proc/${pid}`))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
}

/** A file is named by its content, and written whole or not at all: another ssh may read it at this moment. */
function fileWith(text: string): string {
  const path = join(keyFolder(), createHash('sha256').update(text).digest('hex'));
  if (existsSync(path)) return path;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** How git runs ssh for an address (GIT_SSH_COMMAND): with this key, to a host that has one of these, and with nothing of the machine's own. */
export function sshCommand(address: string, { key, knownHosts }: Key): string {
  const [keyFile, hostsFile] = [fileWith(key), fileWith(knownHostsText(address, knownHosts))];
  const options = {
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    UserKnownHostsFile: hostsFile,
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    BatchMode: 'yes',
    PreferredAuthentications: 'publickey',
    ClearAllForwardings: 'yes',
    ControlMaster: 'no',
    ControlPath: 'none',
    ConnectTimeout: '15',
    ServerAliveInterval: '15',
  };
  // git gives it to a shell.
  const words = [
    'ssh',
    '-F',
    '/dev/null',
    '-i',
    keyFile,
    ...Object.entries(options).flatMap(([option, value]) => ['-o', `${option}=${value}`]),
  ];
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

/** The keys of a host as a file of known hosts (sshd(8)); what `ssh-keyscan` writes before and after a key is left out. */
export function knownHostsText(address: string, keys: readonly string[]): string {
  const { host = '', port = '22' } = gitAddress(address) ?? {};
  const plain = host.replace(/^\[|\]$/g, '');
  const name = port === '22' ? plain : `[${plain}]:${port}`;
  return keys.map((key) => `${name} ${keyIn(key)}\n`).join('');
}

/** Its type and the key itself; a line may begin with a host, of any name. Only types have a dash, never the key. */
function keyIn(line: string): string {
  const words = line.split(' ');
  const at = words[1]?.includes('-') ? 1 : 0;
  return words.slice(at, at + 2).join(' ');
}
