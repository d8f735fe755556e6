import { z } from 'zod';
import { branch, count, duration, list, map, slug, text } from './forms.ts';

const who = 'Slack ids of users (U…, W…) or user groups (S…)';
const notes = ['generated', 'commits'] as const;
const orders = ['images-first', 'github-first'] as const;

const glob = text('a path or glob below the source folder, such as "bin/*"', /^(?![/-])(?!(.*\/)?\.\.(\/|$))[^\0\n\r\\]+$/);

const approvals = map({
  votes: count(1).default(1).describe('Approvals that are needed.'),
  of: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
    .default([])
    .meta({ description: 'Who may vote.', byDefault: '`people.approvers`' }),
  expires: duration('24h').describe('How long after its passing a run may be approved.'),
  self: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe(
      'Whether who started the run or wrote its commit may vote. (An author is known by an e-mail that anyone can write into a commit.)',
    ),
});

const github = map({
  assets: list(glob, 'a list of paths and globs')
    .default([])
    .describe("Files of the run's workspace that are attached, with their checksums."),
  notes: z
    .enum(notes, { error: `one of ${notes.join(', ')}` })
    .default('generated')
    .describe("GitHub's `generated` notes, or the `commits` since the last release, grouped."),
  log: z.boolean({ error: 'true or false' }).default(false).describe("Whether the run's log is attached."),
});

/** A release stage; `image` is what its images have in common with image stages. */
export function releaseStage<S extends z.ZodRawShape>(image: S) {
  const releaseImage = map({
    name: text('a name of a-z, 0-9 and -, at most 40 characters', new RegExp(`^(?=.{1,40}$)${slug}$`)).describe(
      'Unique in the repository; the name of its Job.',
    ),
    ...image,
    registry: z
      .string({ error: 'the name of one of `registries`' })
      .optional()
      .meta({ description: 'One of `registries`.', byDefault: "the cluster's own" }),
  });
  return map({
    branches: list(branch, 'a list of branches').min(1, { error: 'at least one branch' }).optional().meta({
      description: 'Branches and globs, among those that are watched, from which releases are offered. Runs of others end as `passed`.',
      byDefault: 'the first of `branches`, be it a branch or a glob',
    }),
    approvals: approvals.prefault({}),
    github: github.optional().describe('Cuts a GitHub release; needs `github:` in the repository, and a token or an App of GitHub.'),
    images: list(releaseImage, 'a list of images')
      .default([])
      .describe('Images that are built and pushed after the approval, under the version as their tag.'),
    order: z
      .enum(orders, { error: `one of ${orders.join(', ')}` })
      .default('images-first')
      .describe('`images-first`: nothing is published on GitHub before all images are out.'),
  });
}
