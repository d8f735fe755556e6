/** The files of the sample, by their path in the repository. */
export type Files = Readonly<Record<string, string>>;

/** What the sample's Dockerfile is written from. */
export interface DockerfileParts {
  /** The base image as pods say it. */
  readonly base: string;
  /** Seconds between tests, so that people can watch; 0 for none. */
  readonly pause: number;
  /** Lines that a change adds before the last ones. */
  readonly more?: readonly string[];
}

export function dockerfile({ base, pause, more = [] }: DockerfileParts): string {
  return `${[
    `FROM ${base}`,
    'WORKDIR /app',
    'COPY scheduler /app/scheduler',
    'COPY tests /app/tests',
    'COPY test.sh /app/test.sh',
    ...(pause > 0 ? [`ENV TEST_PAUSE=${pause}`] : []),
    'RUN sh -n test.sh && sh -n scheduler/assign.sh #!COMMIT',
    ...more,
    'LABEL org.opencontainers.image.title=scheduler',
    'CMD ["sh", "test.sh"]',
  ].join('\n')}\n`;
}

// Prints what `go test -v` prints, with nothing but sh: a test is a file, its exit code 77 means skipped.
const testRunner = `#!/bin/sh
# Runs every test of tests/ and prints what "go test -v" would.
cd "$(dirname "$0")" || exit 1
start=$(date +%s)
failed=0
for file in tests/*.sh; do
  name=Test$(basename "$file" .sh)
  echo "=== RUN   $name"
  [ -z "$TEST_PAUSE" ] || sleep "$TEST_PAUSE"
  began=$(date +%s)
  said=$(sh "$file" 2>&1)
  code=$?
  [ -z "$said" ] || echo "$said" | sed "s|^|    $(basename "$file"): |"
  took=$(($(date +%s) - began)).00s
  case $code in
    0) echo "--- PASS: $name ($took)" ;;
    77) echo "--- SKIP: $name ($took)" ;;
    *) echo "--- FAIL: $name ($took)"; failed=1 ;;
  esac
done
took=$(($(date +%s) - start)).00s
if [ "$failed" = 1 ]; then
  echo FAIL
  printf 'FAIL\\tscheduler\\t%s\\n' "$took"
  echo FAIL
  exit 1
fi
echo PASS
printf 'ok  \\tscheduler\\t%s\\n' "$took"
`;

const assign = `#!/bin/sh
# assign.sh LIMITS: gives each job on stdin a GPU in turn, no more jobs than the limit.
limit=$(sed -n 's/^max_jobs = //p' "$1")
gpus=$(sed -n 's/^gpus = //p' "$1")
case "$limit$gpus" in '' | *[!0-9]*) echo "limits: max_jobs and gpus must be numbers, found '$limit' and '$gpus'" >&2; exit 2 ;; esac
n=0
while read -r job; do
  [ "$n" -lt "$limit" ] || break
  echo "$job gpu$((n % gpus))"
  n=$((n + 1))
done
`;

const check = (name: string, input: string, want: string): Files => ({
  [`tests/${name}.sh`]: `got=$(printf '${input}' | sh scheduler/assign.sh scheduler/limits.conf) || exit 1
want='${want}'
[ "$got" = "$want" ] || { echo "want \\"$want\\", got \\"$got\\""; exit 1; }
`,
});

/** The README with one more line below, and a version. */
export const readme = (line = ''): Files => ({
  'README.md': `# scheduler <repo-version>0.1.0</repo-version>\n\nGives jobs to GPUs, each in its turn.\n${line && `\n${line}\n`}`,
});

const versionTag = /<repo-version>[^<]*<\/repo-version>/;

/** The text with the version of the text before: that is raised by other changes than these. */
export function keepingVersion(text: string, before: string): string {
  const version = versionTag.exec(before)?.[0];
  return version === undefined ? text : text.replace(versionTag, version);
}

/** What the repository starts with. */
export const firstFiles: Files = {
  ...readme(),
  'scheduler/assign.sh': assign,
  'scheduler/limits.conf': 'max_jobs = 4\ngpus = 2\n',
  'test.sh': testRunner,
  ...check('OneJob', 'train\\n', 'train gpu0'),
  ...check('TakesTurns', 'a\\nb\\nc\\n', 'a gpu0\nb gpu1\nc gpu0'),
  'tests/Limit.sh': `got=$(printf 'a\\nb\\nc\\nd\\ne\\nf\\ng\\nh\\ni\\n' | sh scheduler/assign.sh scheduler/limits.conf | wc -l)
[ "$got" -ge 1 ] && [ "$got" -le 8 ] || { echo "want 1 to 8 jobs at once, got $got"; exit 1; }
`,
  'tests/RealGpu.sh': `[ -e /dev/nvidia0 ] || { echo "no GPU here"; exit 77; }
`,
};

/** The test that a change adds. */
export const emptyQueueTest: Files = check('EmptyQueue', '', '');
