import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GitCli } from './git-cli.ts';

/** Replaces the user's git configuration. Local repositories belong to whoever pushes to them, so every owner is accepted. */
const gitConfig = `[safe]
	directory = *
[protocol]
	version = 2
[http]
	followRedirects = false
	lowSpeedLimit = 100
	lowSpeedTime = 20
[gc]
	auto = 0
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
`;

let drafts = 0;

/** The settings for running git with a folder as its home. */
export function gitIn(folder: string, environment: Readonly<Record<string, string>>, authorities?: string): GitCli {
  const at = { config: join(folder, 'gitconfig'), home: folder };
  if (authorities === undefined) return { ...at, environment };
  return { ...at, environment: { ...environment, GIT_SSL_CAINFO: authoritiesIn(folder) }, authorities };
}

/** Creates the home; a running git must never see a partial configuration. The configuration is written last: if it exists, all does. */
export async function prepareHome({ config, home, authorities }: GitCli): Promise<void> {
  await mkdir(home, { recursive: true });
  if (authorities !== undefined) await replaced(authoritiesIn(home), authorities);
  await replaced(config, gitConfig);
}

async function replaced(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}-${drafts++}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

function authoritiesIn(folder: string): string {
  return join(resolve(folder), 'authorities.pem');
}

/** Recreates the home if it was deleted. */
export async function keepHome(cli: GitCli): Promise<void> {
  await access(cli.config).catch(() => prepareHome(cli));
}
