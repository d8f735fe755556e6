import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitAddress } from '../../../core/git/git-address.ts';
import type { Login } from '../logins/logins.ts';

type Key = Extract<Login, { readonly kind: 'ssh' }>;

let folder: string | undefined;

/** The folder, private to this process, for the keys of logins, which ssh requires as files. */
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

/** Removes what a killed process left; in a container the next process has the same id. A folder removed by mistake is recreated. */
function removeLeftOver(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^coxswain-ssh-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid === 0 || (pid !== process.pid && existsSync(`/proc/${pid}`))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It belongs to another user.
    }
  }
}

/** The file is named after its content and written atomically: another ssh may be reading it. */
function fileWith(text: string): string {
  const path = join(keyFolder(), createHash('sha256').update(text).digest('hex'));
  if (existsSync(path)) return path;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** The ssh command for an address (GIT_SSH_COMMAND): with this key, only these host keys, and none of the machine's ssh configuration. */
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
  // git passes it to a shell.
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

/** The keys of a host in known_hosts format (sshd(8)); what `ssh-keyscan` prints before and after a key is dropped. */
export function knownHostsText(address: string, keys: readonly string[]): string {
  const { host = '', port = '22' } = gitAddress(address) ?? {};
  const plain = host.replace(/^\[|\]$/g, '');
  const name = port === '22' ? plain : `[${plain}]:${port}`;
  return keys.map((key) => `${name} ${keyIn(key)}\n`).join('');
}

/** The key type and the key; a line may begin with a host, of any name. Only types contain a dash, keys never do. */
function keyIn(line: string): string {
  const words = line.split(' ');
  const at = words[1]?.includes('-') ? 1 : 0;
  return words.slice(at, at + 2).join(' ');
}
