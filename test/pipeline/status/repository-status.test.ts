import test from 'ava';
import type { Repository } from '../../../src/core/config.ts';
import { repositoryStatus } from '../../../src/pipeline/status/repository-status.ts';
import { aBook } from '../world.ts';

const released = (name: string, of: readonly string[]) => ({ name, short: name, release: { approvals: { of } } }) as unknown as Repository;

test('a repository says who approves its releases, where it names them itself', (t) => {
  const repositories = [released('own', ['U0456LIN']), released('common', []), { name: 'none', short: 'none' } as Repository];
  const status = repositoryStatus(repositories, aBook().book, () => undefined, new Map());
  t.deepEqual(
    status.map(({ name, approvers }) => [name, approvers]),
    [
      ['own', ['U0456LIN']],
      ['common', undefined],
      ['none', undefined],
    ],
  );
});
