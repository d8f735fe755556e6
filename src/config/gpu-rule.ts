import { z } from 'zod';
import type { Path } from './document.ts';

const gpus = z.number().optional().catch(undefined);
const stages = z.array(z.object({ test: z.object({ gpus }).optional().catch(undefined) }).catch({})).catch([]);
const view = z
  .object({
    limits: z.object({ gpus }).optional().catch(undefined),
    repositories: z.array(z.object({ stages }).catch({ stages: [] })).catch([]),
  })
  .catch({ repositories: [] });

/** A stage that requests more GPUs than the limit would wait forever, and block all other stages that need GPUs. */
export function gpuFindings(value: unknown): (readonly [path: Path, message: string])[] {
  const { limits, repositories } = view.parse(value);
  const most = limits?.gpus ?? Number.POSITIVE_INFINITY;
  return repositories.flatMap((repository, index) =>
    repository.stages.flatMap(({ test }, at) => {
      if ((test?.gpus ?? 0) <= most) return [];
      return [[['repositories', index, 'stages', at, 'test', 'gpus'], `found ${test?.gpus}; allowed: at most ${most} (limits.gpus)`]];
    }),
  );
}
