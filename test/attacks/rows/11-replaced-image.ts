import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 11,
  kind: 'An image that a branch pushes over another',
  attack:
    'The test of the branch `evil` waits until the tag of a run of `main` appears in the registry and immediately pushes its own image to it; or a manifest with the configuration of that image and other layers.',
  before:
    'The run of `main` took the digest of the branch’s image, “tested” it (1 passed: the test of the branch), passed after 4 s, and would have been offered for release. The other manifest was accepted too.',
  after:
    'The image stage of `main` fails after 1 min: “The image … is not the one that this build pushed: the build pushed the configuration sha256:5cf898799223, but the tag is …”, or “… has its configuration but other layers”. No image is kept, nothing is tested.',
};
