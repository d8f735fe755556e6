import { type DockerfileParts, dockerfile, emptyQueueTest, type Files, readme } from './sample-files.ts';

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A commit to be made: who, why, and the files that it writes. */
export interface Change {
  readonly author: Author;
  readonly message: string;
  readonly files: Files;
}

export type FailureKind = 'test' | 'build';

export const ada: Author = { name: 'Ada Moreau', email: 'ada@example.com' };
export const lin: Author = { name: 'Lin Zhao', email: 'lin@example.com' };
const sam: Author = { name: 'Sam Okafor', email: 'sam@example.com' };

const limits = (jobs: number | string): Files => ({ 'scheduler/limits.conf': `max_jobs = ${jobs}\ngpus = 2\n` });

/** The changes that keep everything working, in turn; `count` makes each differ from the last of its kind. */
export function goodChange(count: number): Change {
  const changes: readonly Change[] = [
    { author: lin, message: 'Let more jobs run at once', files: limits(5 + (count % 4)) },
    { author: ada, message: 'Say how jobs are counted', files: readme(`A job counts from its start to its end (note ${count}).`) },
    {
      author: sam,
      message: 'Test the empty queue',
      files: { ...emptyQueueTest, ...readme(`An empty queue is no error (note ${count}).`) },
    },
    { author: lin, message: 'Go back to fewer jobs, the nodes ran hot', files: limits(3 + (count % 2)) },
    {
      author: ada,
      message: 'Explain the limits in the README',
      files: readme(`The limits stand in scheduler/limits.conf (note ${count}).`),
    },
  ];
  return changes[count % changes.length] ?? (changes[0] as Change);
}

/** A change that breaks the tests or the build, several in turn; its message says nothing of it, as in life. */
export function failingChange(kind: FailureKind, count: number, parts: DockerfileParts): Change {
  const tests: readonly Change[] = [
    { author: sam, message: 'Take the limit from the fleet settings', files: limits('fleet') },
    { author: lin, message: 'Use both sockets of the big nodes', files: limits(64) },
  ];
  const message = 'deps.lock: scheduler 1.4.0 is locked, deps.txt asks for 1.5.0';
  const checked = [`RUN echo "checking dependencies" && echo "${message}" >&2 && exit 3 #!COMMIT`];
  const builds: readonly Change[] = [
    { author: ada, message: 'Check the dependencies while building', files: { Dockerfile: dockerfile({ ...parts, more: checked }) } },
    {
      author: sam,
      message: 'Ship the version with the image',
      files: { Dockerfile: dockerfile({ ...parts, more: ['COPY version.txt /app/version.txt'] }) },
    },
  ];
  const changes = kind === 'test' ? tests : builds;
  return changes[count % changes.length] ?? (changes[0] as Change);
}

/** Whether the files as they stand are those of a change that breaks something. */
export const isBroken = (files: { readonly dockerfile: string; readonly limits: string }, parts: DockerfileParts): boolean =>
  files.dockerfile !== dockerfile(parts) || !/^max_jobs = [3-8]$/m.test(files.limits);

/** The change that fixes a broken one, by the one who broke it. */
export function mendingChange(author: Author, parts: DockerfileParts): Change {
  return { author, message: 'Mend what the last change broke', files: { Dockerfile: dockerfile(parts), ...limits(4) } };
}
