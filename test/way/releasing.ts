import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Github } from '@coxswain/sandbox';
import { type Way, wordsOf } from './way.ts';

export const lin = 'U0456LIN';
export const people = { operators: ['U0123ADA'], approvers: ['S0456APPROVE'], emails: { 'ada@example.com': 'U0123ADA' } };

/** Everything that a person is told in private, after having done something. */
export async function told(way: Way, user: string, act: () => Promise<unknown>): Promise<string> {
  const before = way.slack.ephemerals(user).length;
  await act();
  await way.slack.until(() => way.slack.ephemerals(user).length > before);
  return wordsOf(way.slack.ephemerals(user).at(-1) ?? { text: '' });
}

/** Says it in the channel, and gives what the person is told in private. Says it again if Slack could not reach the bot, as on a busy machine. */
export async function says(way: Way, user: string, text: string): Promise<string> {
  for (let left = 5; ; left -= 1) {
    const answer = await told(way, user, () => way.slack.type(user, '#ci', `/cox ${text}`));
    if (left === 0 || !/\/cox failed with the error/.test(answer)) return answer;
  }
}

export async function becomes(way: Way, id: string, state: string, ms = 60_000): Promise<void> {
  await way.until(
    async () => (await way.record(id))?.state === state,
    ms,
    () => `${id} to become ${state}; it shows:\n${way.shown(id)}`,
  );
}

/** Presses the Approve button that the run's message shows. */
export async function pressApprove(way: Way, user: string, id: string): Promise<void> {
  const [message] = way.messagesOf(id);
  const value = JSON.stringify(message?.blocks).match(new RegExp(`approve ${id} [0-9a-f]{7} [^"]+`))?.[0] ?? '';
  await way.slack.press(user, { ts: message?.ts ?? '', action: value });
}

type Release = ReturnType<Github['releases']>[number];

/** The names of a release's assets, and those that SHA256SUMS does not name or names with another sum. */
export function assetsOf(github: Github, release: Release): { readonly names: readonly string[]; readonly wrong: readonly string[] } {
  const files = new Map(release.assets.map((asset) => [asset.name, readFileSync(github.assetFile(asset))]));
  const lines = String(files.get('SHA256SUMS')).trim().split('\n');
  const sums = new Map(lines.map((line) => [line.split('  ')[1], line.split('  ')[0]]));
  const sumOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  const wrong = [...files].flatMap(([name, content]) => (name === 'SHA256SUMS' || sums.get(name) === sumOf(content) ? [] : [name]));
  const lost = [...sums.keys()].filter((name) => name === undefined || !files.has(name)).map(String);
  return { names: [...files.keys()], wrong: [...wrong, ...lost] };
}
