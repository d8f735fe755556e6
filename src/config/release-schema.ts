import { z } from 'zod';
import { branch, count, duration, list, map, slug, text } from './forms.ts';

const who = 'Slack ids of users (U…, W…) or user groups (S…)';
const notes = ['generated', 'commits'] as const;
const unreadables = ['hold', 'push'] as const;
const orders = ['images-first', 'github-first'] as const;

const glob = text('a path or glob inside the source folder, such as "bin/*"', /^(?![/-])(?!(.*\/)?\.\.(\/|$))[^\0\n\r\\]+$/);

const approvals = map({
  votes: count(1).default(1).describe('Number of approvals required.'),
  of: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
    .default([])
    .meta({ description: 'Who may vote.', byDefault: '`people.approvers`' }),
  expires: duration('24h').describe('How long a run can be approved after it has passed.'),
  self: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe(
      'Whether the person who started the run or wrote its commit may vote. (Authors are recognized by e-mail, which anyone can put into a commit.)',
    ),
});

const github = map({
  assets: list(glob, 'a list of paths and globs')
    .default([])
    .describe("Files from the run's workspace to attach, along with their checksums."),
  notes: z
    .enum(notes, { error: `one of ${notes.join(', ')}` })
    .default('generated')
    .describe(
      "GitHub's `generated` notes, which name every commit or pull request, or the `commits` since the last release, grouped by kind, without the version bumps of coxswain's own.",
    ),
  log: z.boolean({ error: 'true or false' }).default(false).describe("Whether to attach the run's log."),
});

/** A release stage; `image` has the keys that its images share with image stages. */
export function releaseStage<S extends z.ZodRawShape>(image: S) {
  const releaseImage = map({
    name: text('a name of a-z, 0-9 and -, at most 40 characters', new RegExp(`^(?=.{1,40}$)${slug}$`)).describe(
      'Unique within the repository; also the name of its Job.',
    ),
    ...image,
    registry: z
      .string({ error: 'the name of one of `registries`' })
      .optional()
      .meta({ description: 'The registry to push to, one of `registries`.', byDefault: "the cluster's own" }),
    unreadable: z
      .enum(unreadables, { error: `one of ${unreadables.join(', ')}` })
      .default('hold')
      .describe(
        'If the registry refuses to let the bot read (401, 403), nobody can tell whether the tag is taken. `hold`: the release waits. `push`: it is pushed **over whatever has the tag**, and not verified afterwards.',
      ),
  });
  return map({
    branches: list(branch, 'a list of branches').min(1, { error: 'at least one branch' }).optional().meta({
      description: 'Watched branches and globs that may be released. Runs of other branches end as `passed`.',
      byDefault: 'the first entry of `branches`',
    }),
    approvals: approvals.prefault({}),
    github: github.optional().describe('Creates a GitHub release; needs `github:` in the repository, and a GitHub token or App.'),
    images: list(releaseImage, 'a list of images')
      .default([])
      .describe('Images to build and push after approval, tagged with the version.'),
    order: z
      .enum(orders, { error: `one of ${orders.join(', ')}` })
      .default('images-first')
      .describe('`images-first`: nothing is published on GitHub until all images have been pushed. `github-first`: the other way round.'),
  });
}
