import { fileURLToPath } from 'node:url';
import { coxswain } from '../../src/cli/coxswain.ts';
import type { Environment } from '../../src/core/environment.ts';

export const templates = fileURLToPath(new URL('../../manifests/jobs', import.meta.url));

/** What the command line prints and gives back for some words. */
export async function said(
  words: readonly string[],
  env: Environment = {},
): Promise<{ code: number; printed: string; complained: string }> {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await coxswain(words, {
    env,
    templates,
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
  });
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}
