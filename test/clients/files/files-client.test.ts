import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { decodedText, hasByteOrderMark, readText, readTextNow } from '../../../src/clients/files/files-client.ts';

const text = 'instance: Zürich ⚓\n';
const written = {
  plain: Buffer.from(text),
  marked: Buffer.from(`\ufeff${text}`),
  'utf-16le': Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

for (const [kind, bytes] of Object.entries(written)) {
  test(`a text is the same whoever wrote it: ${kind}`, async (t) => {
    const path = join(await mkdtemp(join(tmpdir(), 'text-')), 'file');
    await writeFile(path, bytes);
    t.is(await readText(path), text);
    t.is(readTextNow(path), text);
    t.is(hasByteOrderMark(path), kind !== 'plain');
  });
}

test('a mark in the middle is text, and an empty file is empty', (t) => {
  t.is(decodedText(Buffer.from('a\ufeffb')), 'a\ufeffb');
  t.is(decodedText(Buffer.alloc(0)), '');
});
