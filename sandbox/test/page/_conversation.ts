import { button, call, section } from '../slack/_slack.ts';
import type { World } from './_world.ts';

const channel = 'C0123CICD';
const context = (text: string) => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });
const actions = (...elements: object[]) => ({ type: 'actions', elements });

const cancel = {
  ...button('Cancel', 'cancel runner-143'),
  style: 'danger',
  confirm: {
    title: { type: 'plain_text', text: 'Cancel runner-143?' },
    text: { type: 'plain_text', text: 'Its Jobs in the cluster will be stopped. A retry starts a new run.' },
    confirm: { type: 'plain_text', text: 'Cancel the run' },
    deny: { type: 'plain_text', text: 'Keep it' },
    style: 'danger',
  },
};

const excerpt = [
  '```',
  'Step 7/19 : RUN make *.go',
  'cc -c a.c &amp;&amp; cc -c b.c',
  '# include &lt;missing.h&gt;',
  '    ^~~~~~~~~~~',
  'exit status 2',
  '```',
].join('\n');

const log = Array.from({ length: 60 }, (_, step) => `{"level":"info","msg":"Step ${step}/60 : COPY file${step} /app/"}`).join('\n');

async function upload(world: World, thread: string): Promise<void> {
  const { body } = await call(world.standIn, 'files.getUploadURLExternal', {
    filename: 'runner-142-image.log',
    length: String(log.length),
  });
  await fetch(String(body.upload_url), { method: 'POST', body: log });
  await call(world.standIn, 'files.completeUploadExternal', {
    files: [{ id: body.file_id, title: 'Whole log of image' }],
    channel_id: channel,
    thread_ts: thread,
    initial_comment: 'The whole log of *image*',
  });
}

async function post(world: World, text: string, blocks: object[], more: object = {}): Promise<string> {
  return (await call(world.standIn, 'chat.postMessage', { channel, text, blocks, ...more })).body.ts;
}

async function failedRun(world: World): Promise<void> {
  const ts = await post(world, 'runner-142 failed', [
    section(
      '✗ *runner-142* failed · <https://example.com/leaf-ai/studio-go-runner|studio-go-runner> `feature/x` `3f2a1bc`\nAdd &lt;!channel&gt; parser &amp; tests — Lin',
    ),
    section('✗ *image*  step 7/19 · 2 cache hits · 48 s\n◌ *gpu-test*  not started'),
    context('Started by a commit · <!date^1790000000^{date_short_pretty} {time}|then>'),
    actions(button('Logs', 'logs runner-142'), { ...button('Retry', 'retry runner-142'), style: 'primary' }),
  ]);
  const why = section('✗ *image* failed: Step 7/19 failed (exited with 2): RUN make *.go');
  const next = section('*Next:* Fix what the lines above show, and commit.');
  await post(world, 'image failed', [why, section(excerpt), next], { thread_ts: ts });
  await upload(world, ts);
}

const runningRun = [
  section('◐ *runner-143* is running · studio-go-runner `main` `9e8d7c6`\nUse the new parser — Ada'),
  section('✓ *image*  19/19 steps · 17 cache hits · 1 min 4 s\n◐ *gpu-test*  41 passed, 0 failed, 2 skipped · 32 s'),
  context('Started by a commit'),
  actions(button('Logs', 'logs runner-143'), cancel),
];

const home = {
  type: 'home',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: 'What *runs* now' } },
    section('◐ *runner-143* gpu-test'),
    { type: 'divider' },
    section('GPUs: 2 of 4 in use'),
  ],
};

/** Fills a channel with what the bot says of a few runs, as people would see it. */
export async function fill(world: World): Promise<void> {
  await world.standIn.slack.type('U0123ADA', 'ci', 'Merging the new *parser* today, @lin please keep an eye on `main`');
  await failedRun(world);
  await post(world, 'runner-143 is running', runningRun);
  const runs = '*Runs*\n◐ runner-143 `main` running\n✗ runner-142 `feature/x` failed';
  await call(world.standIn, 'chat.postEphemeral', { channel, user: 'U0123ADA', text: runs });
  await call(world.standIn, 'views.publish', { user_id: 'U0123ADA', view: home });
}
