import type { AttackRow } from '../row.ts';

export const row: AttackRow = {
  number: 18,
  kind: 'Mistakes of templates',
  attack:
    'Nine job templates, one after the other: YAML that holds itself, aliases that multiply, a folder, a link to itself, no file, an address in place of an apiVersion, lists and texts in place of maps and lists, fields that Kubernetes does not know.',
  before:
    'YAML that holds itself, the folder, the link and the address were tried again for ever (about every second, then every 15 s); the run stood at `running` and the runs of its branch behind it waited.',
  after: 'Each run is `failed` within 3 s of the commit, with one sentence and one post that name the place; none is tried again.',
};
