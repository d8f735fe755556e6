import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 11,
  kind: 'An image that a branch puts in the place of another',
  attack:
    'The test of the branch `evil` waits for the tag of a run of `main` to appear in the registry and pushes its own image under it at once; or a manifest with that image’s own configuration and other layers.',
  before:
    'The run of `main` took the digest of the branch’s image, “tested” that (1 passed: the test of the branch), passed after 4 s, and would have been offered for release. The other manifest was taken too.',
  after:
    'The image stage of `main` fails after 1 min: “The image … is not the one that this build pushed: the build has pushed the configuration sha256:5cf898799223, and under the tag lies …”, or “… has its configuration but other layers”. No image is kept, nothing is tested.',
};
