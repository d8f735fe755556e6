import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRegistry, registryHost } from './lab.ts';

const run = promisify(execFile);
const repository = 'skopeo/stable';
const tag = 'debian';

/** The image of `tools.skopeo` in the test cluster: Debian's skopeo, made once and pushed. @returns its name, as a node says it */
export async function skopeoImage(): Promise<string> {
  if (!(await inRegistry(repository, tag))) await push();
  return `quay.io/${repository}:${tag}`;
}

async function push(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-skopeo-image-'));
  try {
    const layer = join(folder, 'layer.tar');
    const packages = 'skopeo,ca-certificates,golang-github-containers-common';
    const words = ['--quiet', '--format=tar', '--variant=minbase', `--include=${packages}`, 'bookworm', layer];
    await run('mmdebstrap', [...words, '/etc/apt/sources.list.d/debian.sources'], { maxBuffer: 64 << 20 });
    await writeLayout(join(folder, 'image'), layer);
    const destination = `docker://${registryHost}/${repository}:${tag}`;
    await run('skopeo', ['copy', '--quiet', '--format=v2s2', '--dest-tls-verify=false', `oci:${folder}/image`, destination]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An OCI layout with an image of one layer. */
async function writeLayout(folder: string, layer: string): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const keep = async (body: Buffer | string) => {
    const hex = createHash('sha256').update(body).digest('hex');
    await writeFile(join(blobs, hex), body);
    return { digest: `sha256:${hex}`, size: Buffer.byteLength(body) };
  };
  const bytes = await readFile(layer);
  const hex = createHash('sha256').update(bytes).digest('hex');
  await rename(layer, join(blobs, hex));
  const kind = 'application/vnd.oci.image';
  const settings = { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Entrypoint: ['skopeo'] };
  const rootfs = { type: 'layers', diff_ids: [`sha256:${hex}`] };
  const config = await keep(JSON.stringify({ architecture: 'amd64', os: 'linux', config: settings, rootfs }));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${kind}.manifest.v1+json`,
    config: { mediaType: `${kind}.config.v1+json`, ...config },
    layers: [{ mediaType: `${kind}.layer.v1.tar`, digest: `sha256:${hex}`, size: bytes.length }],
  };
  const kept = await keep(JSON.stringify(manifest));
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: manifest.mediaType, ...kept }] }),
  );
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}
