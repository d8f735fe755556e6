import { type Faults, type FaultyAnswer, githubName } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { says } from '../way/releasing.ts';
import { ada } from '../way/way.ts';
import { aHarbour, approve, asks, type Harbour, isReleasedOnce } from './release-points.ts';

const creation = `POST /repos/${githubName}/releases`;
const upload = /^POST .*\/releases\/\d+\/assets$/;
const publication = /^PATCH .*\/releases\/\d+$/;
const refusal = (...errors: object[]): FaultyAnswer => ({ status: 422, body: { message: 'Validation Failed', errors } });
const release = (code: string, field: string, message?: string) => ({ resource: 'Release', code, field, ...(message && { message }) });

interface Row {
  readonly trouble: string;
  readonly order: (faults: Faults) => void;
  /** What the run's message says of it; absent: it is over before anybody would notice. */
  readonly words?: RegExp;
}

const answers = (route: string | RegExp, answer: FaultyAnswer, times?: number) => (faults: Faults) => faults.failNext(route, answer, times);

/** What a person can mend: the part fails, and is tried again when a person says so. */
const refused: Readonly<Record<string, readonly Row[]>> = {
  'the draft': [
    {
      trouble: '401',
      order: answers(creation, { status: 401, body: { message: 'Bad credentials' } }),
      words: /401 Bad credentials\): GITHUB_TOKEN is invalid/,
    },
    {
      trouble: '404',
      order: answers(creation, { status: 404, body: { message: 'Not Found' } }),
      words: /404 Not Found\).*Check `github:`/,
    },
    {
      trouble: '422, the tag is released',
      order: answers(creation, refusal(release('already_exists', 'tag_name'))),
      words: /Bump the version/,
    },
    {
      trouble: '422, the commit is unknown',
      order: answers(creation, refusal(release('invalid', 'target_commitish'))),
      words: /Push it to this/,
    },
    { trouble: '451', order: answers(creation, { status: 451, body: { message: 'Access blocked' } }), words: /answers 451/ },
  ],
  'assets or publishing': [
    {
      trouble: '403, a right is missing',
      order: answers(upload, { status: 403, body: { message: 'Resource not accessible by integration' } }),
      words: /"Contents: write"/,
    },
    {
      trouble: '422, a rule forbids the tag',
      order: answers(publication, refusal(release('custom', 'pre_receive', 'pre_receive Repository rule violations found'))),
      words: /a rule of the repository forbids this tag/,
    },
    {
      trouble: '422, any other',
      order: answers(publication, refusal(release('custom', 'body', 'body is too long'))),
      words: /422 Validation Failed; body is too long/,
    },
  ],
};

/** What passes by itself: the message says what it waits for, and the release goes on without anybody. */
const passing: readonly Row[] = [
  {
    trouble: '409, again and again',
    order: answers(creation, { status: 409, body: { message: 'Conflict' } }, 2),
    words: /answers 409 .*Conflict/,
  },
  { trouble: '5xx, again and again', order: answers(creation, { status: 502, body: '<html>' }, 2), words: /answers 502/ },
  {
    trouble: '403, the rate limit',
    order: (faults) => faults.rateLimitNext(upload, 6),
    words: /has reached its rate limit \(until 20/,
  },
  {
    trouble: 'an upload cut in the middle',
    order: (faults) => faults.cutNext(upload, 'middle', 2),
    words: /gave no answer about the asset/,
  },
  { trouble: 'the answer to publishing lost', order: (faults) => faults.cutNext(publication, 'after', 3) },
];

type Then = (harbour: Harbour, id: string, words: RegExp) => Promise<unknown>;

async function table(t: ExecutionContext, rows: readonly Row[], then: Then): Promise<void> {
  const harbour = await aHarbour(t, rows.length);
  await asks(harbour);
  const { way } = harbour;
  const { github } = way.world;
  if (!github) return t.fail('no GitHub');
  for (const [index, { trouble, order, words }] of rows.entries()) {
    const id = harbour.runs[index] ?? '';
    github.faults.clear();
    order(github.faults);
    approve(harbour, id);
    if (words) {
      const shown = await way.showsUp(id, words);
      t.log(`${trouble}: ${shown.split('\n').filter((line) => words.test(line))[0]}`);
      await then(harbour, id, words);
    }
    await isReleasedOnce(t, harbour, id, trouble);
    if (words) t.notRegex(way.shown(id), words);
    t.notRegex(way.shown(id), /is still on GitHub/);
  }
}

const triedAgain: Then = async ({ way }, id, words) => {
  await way.showsUp(id, /\*GitHub release\* failed[\s\S]*retry|\*GitHub release\* failed[\s\S]*Retry/);
  await way.until(() => words.test(way.threadWords(id)));
  const tag = (await way.record(id))?.release?.tag;
  const draft = way.world.github?.releases(githubName).find((one) => one.draft && one.tag === tag);
  const said = way.shown(id).match(/<(\S+)\|draft of (\S+)> is still on GitHub/);
  if (said?.[2] !== (draft && tag)) throw new Error(`${id} shows that a draft stays: ${said?.[0]}; there is: ${draft?.tag}`);
  if (!/^Retrying /.test(await says(way, ada, `retry ${id} github`))) throw new Error(`${id} is not tried again`);
};

for (const [where, rows] of Object.entries(refused)) {
  test(`what GitHub refuses at ${where} fails that part alone, with what to do in message and thread, and it is whole at the second try`, (t) =>
    table(t, rows, triedAgain));
}

test('what passes by itself is said while it lasts, and needs nobody', (t) =>
  table(t, passing, async ({ way }, id) => t.notRegex(way.shown(id), /\*GitHub release\* failed/)));
