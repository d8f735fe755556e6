import test, { type ExecutionContext } from 'ava';
import { knownCause } from '../../src/logs/makisu-causes.ts';

function means(t: ExecutionContext, failure: string, kind: string, title: string): void {
  const cause = knownCause(failure);
  t.like(cause, { kind, title });
  t.true((cause?.next.length ?? 0) > 10);
}

const pull =
  'failed to execute build plan: execute stage: build stage 0: build node: do execute: execute step: get manifest: pull image r/a:1: pull manifest:';
const push = 'failed to push image: failed to push image: check manifest exists for image r:5000/a:1: check manifest exists:';
const parse = 'failed to create build plan: failed to get dockerfile: failed to parse dockerfile: failed to create new directive';

test('no such image', means, `${pull} manifest not found`, 'base-image', 'The base image r/a:1 is not in the registry');
test(
  'an image that was there under its digest',
  means,
  `${pull.replace('r/a:1', 'r/a@sha256:0f')} manifest not found`,
  'base-image',
  'The registry has no image r/a@sha256:0f that Makisu can read',
);
test(
  'schema 1',
  means,
  `${pull} unmarshal distribution manifest: unsupported manifest mediatype: application/vnd.docker.distribution.manifest.v1+prettyjws`,
  'base-image',
  'The base image has a manifest of a kind that Makisu cannot read (application/vnd.docker.distribution.manifest.v1+prettyjws)',
);
test(
  'an index',
  means,
  `${pull} unsupported manifest mediatype: application/vnd.oci.image.index.v1+json`,
  'base-image',
  'The base image has a manifest of a kind that Makisu cannot read (application/vnd.oci.image.index.v1+json)',
);
test(
  'a registry without schema 2',
  means,
  'failed to push image: push manifest: PUT https://quay.io/v2/a/manifests/1 415: {"errors":[{"code":"MANIFEST_INVALID","message":"manifest schema version not supported"}]}',
  'push',
  'The registry refused the image: it does not accept schema 2 manifests',
);
test(
  'no credentials',
  means,
  `${push} HEAD https://index.docker.io/v2/a/manifests/1 401`,
  'registry-auth',
  'The registry index.docker.io answered 401 when the build asked whether the image is there already',
);
test(
  'no right',
  means,
  'failed to push image: send start push layer request x: POST http://r:5000/v2/a/blobs/uploads/ 403: denied',
  'registry-auth',
  'The registry r:5000 answered 403 when the build began to upload a layer: "denied"',
);
test(
  'layers in pieces',
  means,
  'failed to push image: push layer: PATCH https://r/v2/a/blobs/uploads/1 404: {"errors":[{"code":"BLOB_UPLOAD_INVALID"}]}',
  'push',
  'The registry r answered 404 when the build uploaded a layer: "BLOB_UPLOAD_INVALID"',
);
test(
  'a registry in trouble',
  means,
  'failed to push image: push manifest: PUT http://r:5000/v2/a/manifests/1 500: no',
  'registry',
  'The registry r:5000 answered 500 when the build pushed the manifest: "no"',
);
test('a pull answered oddly', means, `${pull} bad pull manifest request resp code: 429`, 'registry', 'The registry answered 429');
test(
  'an unknown name',
  means,
  `${pull} http send error: network error: Get "http://reg:5000/v2/a/manifests/1": dial tcp: lookup reg on 10.0.0.1:53: no such host`,
  'registry',
  'The registry reg:5000 cannot be reached: no such host',
);
test(
  'a refused connection',
  means,
  `${push} network error: dial tcp 10.0.0.1:5000: connect: connection refused`,
  'registry',
  'The registry cannot be reached: connection refused',
);
test(
  'an untrusted certificate',
  means,
  `${push} network error: Head "https://r/v2": x509: certificate signed by unknown authority`,
  'registry',
  "The registry's certificate is not trusted: certificate signed by unknown authority",
);
test(
  'a directive',
  means,
  `${parse} (line 7): failed to parse 'ONBUILD' directive with args 'RUN x': Unsupported directive type`,
  'dockerfile',
  'Line 7 of the Dockerfile: Makisu does not know ONBUILD',
);
test(
  'another mistake',
  means,
  `${parse} (line 3): failed to parse 'copy' directive with args 'x': missing destination`,
  'dockerfile',
  "Line 3 of the Dockerfile: failed to parse 'copy' directive with args 'x': missing destination",
);
test(
  'ADD of a URL',
  means,
  'failed to create build plan: hash context sources: lstat /workspace/https:/example.org/a.tgz: no such file or directory',
  'dockerfile',
  'ADD of a URL is not supported by Makisu (https:/example.org/a.tgz)',
);
test(
  'no Dockerfile',
  means,
  'failed to create build plan: failed to get dockerfile: failed to generate/find dockerfile in context: open /workspace/source/Dockerfile_x: no such file or directory',
  'dockerfile',
  'There is no /workspace/source/Dockerfile_x',
);
test(
  'a full disk',
  means,
  'failed to execute build plan: execute stage: commit: write /makisu-storage/x: no space left on device',
  'disk',
  'The disk of the node is full',
);
test(
  'not root',
  means,
  'failed to init image store: init sandbox parent dir: mkdir /makisu-storage: permission denied',
  'permission',
  'Makisu is not allowed to write to its file system',
);

test('what is not known is left to others', (t) => {
  t.is(knownCause('failed to execute build plan: something new'), undefined);
});

for (const why of [
  'Patch "/v2/a/blobs/uploads/1": unsupported protocol scheme ""',
  'Patch "https:///v2/a/blobs/uploads/1": http: no Host in request URL',
])
  test(
    `a registry with relative Locations: ${why}`,
    means,
    `failed to push image: failed to push image: push layer sha256:0f: push layer chunk: send push chunk request: network error: failed to fallback from https to http, original https error: ${why}`,
    'push',
    'Makisu cannot push to this registry: it answers with relative Locations',
  );
