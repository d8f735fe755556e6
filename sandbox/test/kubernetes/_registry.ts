/** A registry of one image for the tests: its layers are tars made from lists of entries. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';
import { type Header, pack } from 'tar-stream';

export type Entry = Partial<Header> & { name: string; content?: string };

async function tar(entries: Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const { content = '', ...header } of entries) stream.entry(header, content);
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const digestOf = (blob: Buffer): string => `sha256:${createHash('sha256').update(blob).digest('hex')}`;

/** Serves `team/app:1` under its URL. */
export async function registry(t: ExecutionContext, layers: Entry[][], config: object = {}): Promise<{ url: string; digest: string }> {
  const blobs = new Map<string, Buffer>();
  const keep = (blob: Buffer): { digest: string; size: number } => {
    blobs.set(digestOf(blob), blob);
    return { digest: digestOf(blob), size: blob.length };
  };
  const described = [];
  for (const layer of layers) described.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...keep(await tar(layer)) });
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: keep(Buffer.from(JSON.stringify({ config }))), layers: described }),
  );
  const { digest } = keep(manifest);
  const server = createServer((request, response) => {
    const [, reference = ''] = /^\/v2\/team\/app\/(?:manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const blob = blobs.get(reference === '1' ? digest : reference);
    response.writeHead(blob ? 200 : 404, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' });
    response.end(blob);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, digest };
}
