import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { startRegistry } from '@coxswain/sandbox';
import { program } from './servers/programs.ts';
import { scratchFolder } from './servers/start.ts';
import { testWith } from './support/installed.ts';

testWith(['conformance'], 'the registry of the sandbox passes the conformance tests of the OCI distribution specification', async (t) => {
  const { folder, remove } = await scratchFolder('conformance');
  const registry = await startRegistry({ folder: join(folder, 'registry') });
  t.teardown(async () => {
    await registry.close();
    await remove();
  });
  const env = {
    OCI_REGISTRY: registry.host,
    OCI_TLS: 'disabled',
    OCI_VERSION: '1.1',
    OCI_RESULTS_DIR: join(folder, 'results'),
    OCI_API_BLOBS_UPLOAD_CANCEL: 'true',
    OCI_API_BLOBS_DIGEST_HEADER: 'true',
    OCI_API_MANIFESTS_DIGEST_HEADER: 'true',
  };
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(await program('conformance'), [], { cwd: folder, env, maxBuffer: 64 << 20 }, (_, out, err) => resolve(out + err));
  const lines = stripVTControlCharacters(await promise).split('\n');
  const summary = lines.slice(lines.findIndex((line) => line.startsWith('OCI Conformance Result')));
  t.regex(summary[0] ?? lines.slice(-20).join('\n'), /Result: Pass/i);
  t.deepEqual(
    lines.filter((line) => /: (FAIL|Error)\b/.test(line)),
    [],
  );
  const count = (what: string) => Number(new RegExp(`^ *${what}\\.*: +(\\d+)$`, 'm').exec(summary.join('\n'))?.[1]);
  t.is(count('FAIL'), 0);
  t.true(count('Pass') > 800, summary.join('\n'));
});
