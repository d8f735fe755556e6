import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReleaseStage } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import { assetName } from '../../core/text/fields.ts';
import { type KeptLogs, logFileOf } from '../logs/log-tail.ts';
import { checksumsFile } from './asset-patterns.ts';
import { type CollectPorts, collect, discard } from './collect.ts';
import type { Asset, Assets } from './ports.ts';

const sums = 'SHA256SUMS';

/** The files of a release: what the patterns match in the workspace, the run's logs if configured, and the checksums of all. */
export function releaseAssets(ports: CollectPorts & { readonly logs: KeptLogs }): Assets {
  return {
    async collect(run: Run, release: ReleaseStage): Promise<readonly Asset[]> {
      const { assets = [], log = false } = release.github ?? {};
      const found: Asset[] = await collect(ports, run, assets);
      const files = [...found, ...(log ? await logsOf(ports.logs, run) : [])];
      checkNames(files);
      return files.length === 0 ? [] : [...files, textAsset(sums, checksumsFile(files.map(({ name, sha256 = '' }) => ({ name, sha256 }))))];
    },
    discard: (run) => discard(ports, run),
  };
}

/** Files that the run adds itself must not replace a file of the workspace. */
function checkNames(files: readonly Asset[]): void {
  const names = [...files.map(({ name }) => name), sums];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice)
    throw new UserError(`Two files of the release would be called ${twice}. Rename the one in the workspace, or narrow the patterns.`);
}

async function logsOf(kept: KeptLogs, run: Run): Promise<Asset[]> {
  const stages = run.stages.filter((stage) => !stage.reusedFrom);
  const files = await Promise.all(stages.map((stage) => logFileOf(kept, run, stage.name)));
  return files.filter((file) => file !== undefined).map(({ name, text }) => textAsset(name, text));
}

function textAsset(file: string, text: string): Asset {
  const name = assetName(file);
  const content = Buffer.from(text);
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), open: () => Readable.from([content]) };
}
