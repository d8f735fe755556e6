import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 18,
  kind: 'Mistakes in templates',
  attack:
    'Nine job templates, one after the other: cyclic YAML, aliases that multiply, a folder, a link to itself, no file, an address instead of an apiVersion, lists and texts instead of maps and lists, fields that Kubernetes does not know.',
  before:
    'The cyclic YAML, the folder, the link and the address were retried forever (about every second, then every 15 s); the run stayed at `running`, and the runs of its branch behind it stayed queued.',
  after: 'Each run is `failed` within 3 s of the commit, with one sentence and one post that name the place; none is retried.',
};
