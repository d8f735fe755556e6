import type { Command } from '../src/core/command/command.ts';
import { findRepository, repositoryOf } from '../src/core/command/find-repository.ts';
import { UserError } from '../src/core/errors.ts';
import { quoted } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';
import type { Polls } from './pause.ts';

export const resume = (known: Repositories, polls: Polls): Command => ({
  name: 'resume',
  usage: 'resume <repository>',
  summary: 'Poll a paused repository again; of the commits pushed meanwhile, the newest of each branch starts a run.',
  examples: ['resume studio-go-runner'],
  access: 'operator',
  audited: true,
  async run({ words: [word = ''] }) {
    const paused = polls.paused().map(({ repository: name }) => ({ name }));
    const configured = repositoryOf(known.repositories(), word);
    // A repository that is no longer configured may still be paused by name.
    const { name } = configured ?? findRepository([...known.repositories(), ...paused], word);
    if (!paused.some((one) => one.name === name)) throw new UserError(notPaused(name, paused));
    await polls.resume(name);
    const text = configured
      ? `${quoted(name)} is being polled again. If commits were pushed meanwhile, the newest of each branch starts a run.`
      : `${quoted(name)} is no longer paused. It is not configured any more, so it is not polled.`;
    return { kind: 'text', text };
  },
});

function notPaused(name: string, paused: readonly { readonly name: string }[]): string {
  const others = paused.length === 0 ? '' : ` Paused: ${paused.map((one) => quoted(one.name)).join(', ')}.`;
  return `${quoted(name)} is not paused.${others}`;
}
