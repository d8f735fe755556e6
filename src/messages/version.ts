import { stampedAt } from '../core/time/stamp.ts';
import { parseVersion } from '../core/version/version.ts';
import type { BumpReport, VersionReport } from '../core/version/version-report.ts';
import { type Message, plainMessage } from './blocks.ts';
import { code, named } from './escape.ts';
import { moment } from './format.ts';
import { webPage } from './view.ts';

/** The version of a branch, or the result of a bump. */
export function versionMessage(report: VersionReport): Message {
  const { repository, branch, version, bump } = report;
  const of = `${named(repository, 100)} ${code(branch, 120)}`;
  if (!bump) return plainMessage(`${of} is at ${spoken(version)}, ${standing(report)}.`);
  const change = `${of}, ${bump.kind}: ${spoken(version)} → ${spoken(bump.version)}`;
  return plainMessage(`${change}\n${outcome(report, bump)}`);
}

/** A version mentioned in a line about something else. */
export function versionWords(version: string): string {
  return `version ${named(version, 130)}`;
}

/** With the time encoded in its stamp, which nobody can read from the letters. */
function spoken(version: string): string {
  const at = stampedAt(parseVersion(version)?.pre ?? []);
  return `*${named(version, 130)}*${at ? ` (stamped ${moment(at.toISOString())})` : ''}`;
}

function standing({ path, sha }: VersionReport): string {
  return path === undefined ? 'from its newest tag' : `in ${code(path, 200)} at ${named(sha.slice(0, 7), 40)}`;
}

function outcome(report: VersionReport, { written, earlier }: BumpReport): string {
  const file = report.path ? code(report.path, 200) : 'a tag';
  if (earlier)
    return `The earlier request had already written it, as is seen ${standing(report)}. Nothing was written now; ask again for the next version.`;
  if (!written)
    return `Nothing was written, because \`version.write\` is \`none\` in the configuration. The current version is ${standing(report)}.`;
  if (written.kind === 'pull-request') {
    return `Proposed in ${link(`pull request ${written.number}`, written.url)}, which changes ${file}; it takes effect once merged.`;
  }
  const commit = link(written.sha.slice(0, 7), written.url);
  return `Committed to ${code(report.branch, 120)} as ${commit}, in ${file}. This does not start a run; the next commit or \`run\` includes it.`;
}

function link(label: string, url: string | undefined): string {
  const page = url === undefined ? undefined : webPage(url);
  return page ? `<${page}|${named(label, 60)}>` : named(label, 60);
}
