import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'ava';

test('a reader that closes the pipe early, as head does, ends it without a complaint', async (t) => {
  const words = ['src/cli.ts', 'render', 'studio-go-runner', 'image', '--config', 'coxswain.example.yaml'];
  const child = spawn(process.execPath, ['--no-warnings', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.deepEqual({ complaint, code }, { complaint: '', code: 0 });
});
