import type { AssetPart, GithubPart, ReleaseRun } from '../core/run/release-run.ts';
import type { Run } from '../core/run/run.ts';
import type { BuiltImage, StageRun } from '../core/run/stage-run.ts';
import { releaseImages } from '../core/run/stages.ts';
import { code, named, reasonText } from './escape.ts';
import { count, size } from './format.ts';
import { link } from './people.ts';
import { attemptWords, stagesLines } from './stage.ts';
import { type MessageView, webPage } from './view.ts';
import { stageSign } from './words.ts';

const mostAssets = 10;
const mostImages = 12;

/** Progress of each part of a release that is being cut: its images, then GitHub. */
export function partLines(run: Run, { github }: ReleaseRun): string[] {
  const isNeverBegun = github?.state === 'waiting' && run.state === 'failed';
  return [...stagesLines(releaseImages(run)), ...(github && !isNeverBegun ? [githubLines(github)] : [])];
}

const githubSign = {
  waiting: stageSign.waiting,
  collecting: stageSign.started,
  drafting: stageSign.started,
  uploading: stageSign.started,
  publishing: stageSign.started,
  published: stageSign.passed,
  failed: stageSign.failed,
  skipped: stageSign.skipped,
} as const satisfies Record<GithubPart['state'], string>;

/** The GitHub release as lines, in the style of a stage. */
function githubLines(github: GithubPart): string {
  const first = [`${githubSign[github.state]} *GitHub release* ${githubWords(github)}`, ...attemptWords(github), ...sizeWords(github)];
  const cause = github.state === 'failed' && github.cause ? [`↳ ${reasonText(github.cause.title, 400)}`] : [];
  return [first.join(' · '), ...cause].join('\n');
}

function githubWords(github: GithubPart): string {
  switch (github.state) {
    case 'waiting':
      return 'waiting';
    case 'collecting':
      return 'collecting the files';
    case 'drafting':
      return 'creating the draft';
    case 'uploading':
      return uploadWords(github.assets ?? []);
    case 'publishing':
      return 'publishing';
    case 'published':
      return link('published', github.url === undefined ? undefined : webPage(github.url));
    case 'failed':
      return 'failed';
    case 'skipped':
      return `skipped: ${reasonText(github.why ?? 'no reason given', 300)}`;
  }
}

/** `uploading 2 of 3: bin.tar.gz (12.3 MB)` */
function uploadWords(assets: readonly AssetPart[]): string {
  const next = assets.find(({ uploaded }) => !uploaded);
  const number = assets.filter(({ uploaded }) => uploaded).length + (next ? 1 : 0);
  return `uploading ${number} of ${assets.length}${next ? `: ${code(next.name, 100)} (${size(next.bytes)})` : ''}`;
}

function sizeWords({ state, assets = [] }: GithubPart): string[] {
  if (assets.length === 0 || state === 'skipped' || state === 'failed') return [];
  const bytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
  return [`${count(assets.length, 'file')}, ${size(bytes)}`];
}

/** What was released: the images with their digests, the files of the GitHub release with their sizes. */
export function resultLines(run: Run, release: ReleaseRun, view: MessageView): string[] {
  const images = releaseImages(run).filter(({ image }) => image);
  const shown = images.slice(0, mostImages).map((stage) => imageLine(run, stage, view));
  const more = images.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`… ${count(more, 'more image')}`] : []),
    ...(release.github ? [githubLines(release.github)] : []),
    ...assetLine(release.github?.assets ?? []),
  ];
}

function imageLine(run: Run, { name, image }: StageRun, { release, pull }: MessageView): string {
  if (!image) return '';
  const place = release?.images.find((one) => one.name === name)?.place ?? `${pull}/${image.repository}`;
  if (!image.unseen && isTested(run, image)) {
    const copied = `${code(`${place}:${image.tag}`, 300)} is ${code(image.digest, 100)}, the tested image`;
    return `${stageSign.passed} *${named(name, 60)}* ${copied}`;
  }
  const sign = `${stageSign.passed} *${named(name, 60)}*`;
  if (!image.unseen) return `${sign} ${code(`${place}:${image.tag}@${image.digest}`, 400)}`;
  return `${sign} ${code(`${place}:${image.tag}`, 300)} · not verified, since the registry lets nobody read: its builder named ${code(image.digest, 90)}`;
}

/** Whether an image of the release is, by its digest, the image that the run has built and tested. */
function isTested({ stages }: Run, { digest }: BuiltImage): boolean {
  return stages.findLast(({ image }) => image)?.image?.digest === digest;
}

function assetLine(assets: readonly AssetPart[]): string[] {
  if (assets.length === 0) return [];
  const shown = assets.slice(0, mostAssets).map(({ name, bytes }) => `${code(name, 120)} ${size(bytes)}`);
  const more = assets.length - shown.length;
  return [`files: ${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(' · ')}`];
}
