import type { Command, Pause } from '../src/core/command/command.ts';
import { findRepository } from '../src/core/command/find-repository.ts';
import { reasonOf } from '../src/core/command/reason.ts';
import { UserError } from '../src/core/errors.ts';
import { plainLine } from '../src/core/text/plain-line.ts';
import { asCommand, quoted } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';

export interface Polls {
  /** Including repositories that are no longer configured. */
  paused(): readonly Pause[];
  /** Resolves when it is saved: from then on, no new commit starts a run. */
  pause(pause: Pause): Promise<void>;
  /** Polls the repository at once, without waiting for the result. */
  resume(repository: string): Promise<void>;
}

export const pause = (known: Repositories, polls: Polls): Command => ({
  name: 'pause',
  usage: 'pause <repository> [reason…]',
  summary: 'Stop polling a repository until `resume`: new commits start no runs. Everything else continues.',
  examples: ['pause studio-go-runner', 'pause studio-go-runner moving to another server'],
  access: 'operator',
  audited: true,
  async run({ words, typed, user, at }) {
    const { name, paused } = findRepository(known.repositories(), words[0] ?? '');
    if (paused) throw new UserError(alreadyPaused(paused));
    const reason = reasonOf(typed, words.length - 1);
    await polls.pause({ repository: name, by: user, at: at.toISOString(), ...(reason !== '' && { reason }) });
    return { kind: 'status', repositories: known.repositories().filter((one) => one.name === name) };
  },
});

function alreadyPaused({ repository, by, at, reason }: Pause): string {
  const who = by === 'coxswain' ? by : `<@${by}>`;
  const why = reason === undefined ? '' : ` (${plainLine(reason)})`;
  return `${quoted(repository)} has been paused by ${who} since ${at}${why}. To give another reason, say ${asCommand(`resume ${repository}`)} first.`;
}
