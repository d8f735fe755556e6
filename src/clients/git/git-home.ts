import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCli } from './git-cli.ts';

/** What stands in for the configuration of a user. Local repositories belong to whoever pushes there, so every owner is accepted. */
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

/** How git is run with a folder as its home. */
export function gitIn(folder: string, environment: Readonly<Record<string, string>>): GitCli {
  return { config: join(folder, 'gitconfig'), home: folder, environment };
}

/** Makes the home; a running git must never see half of its configuration. */
export async function prepareHome({ config, home }: GitCli): Promise<void> {
  await mkdir(home, { recursive: true });
  const draft = `${config}.${process.pid}-${drafts++}`;
  await writeFile(draft, gitConfig, { mode: 0o600 });
  await rename(draft, config);
}

/** Makes it again where someone has deleted it. */
export async function keepHome(cli: GitCli): Promise<void> {
  await access(cli.config).catch(() => prepareHome(cli));
}
