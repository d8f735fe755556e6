import { type ReactElement, useState } from 'react';
import type { FileInfo } from '../../slack/model.ts';
import { h } from './h.ts';
import { bytes } from './words.ts';

const shownLines = 400;

/** The end of a text file, where a log says how it went. */
async function readText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) return `The file cannot be read (${response.status}).`;
  const lines = (await response.text()).split('\n');
  const left = lines.length - shownLines;
  return left > 0 ? `… ${left} lines above; download the file to read them\n${lines.slice(-shownLines).join('\n')}` : lines.join('\n');
}

/** What is opened at the end of a thread would else lie below its edge. */
const comeIntoView = (opened: HTMLElement | null) => opened?.scrollIntoView({ block: 'nearest' });

function File({ file }: { file: FileInfo }): ReactElement {
  const [text, setText] = useState<string>();
  const url = `/files/${file.id}/${encodeURIComponent(file.name)}`;
  const isText = file.mimetype.startsWith('text/');
  const toggle = async () => setText(text === undefined ? await readText(`${url}?view`) : undefined);
  return h(
    'div',
    { className: 'file', 'data-testid': 'file' },
    h(
      'div',
      { className: 'file-head' },
      h('span', { className: 'file-icon', 'aria-hidden': true }, '▤'),
      h('span', { className: 'file-name' }, file.title),
      h('span', { className: 'faint' }, `${file.title === file.name ? '' : `${file.name} · `}${bytes(file.size)}`),
      isText
        ? h(
            'button',
            { type: 'button', className: 'link', 'aria-expanded': text !== undefined, onClick: () => void toggle() },
            text === undefined ? 'View' : 'Hide',
          )
        : null,
      h('a', { href: url, download: file.name }, 'Download'),
    ),
    text === undefined ? null : h('pre', { ref: comeIntoView, className: 'file-text', tabIndex: 0 }, text),
  );
}

export function Files({ files }: { files: readonly FileInfo[] }): ReactElement {
  return h(
    'div',
    { className: 'files' },
    files.map((file) => h(File, { key: file.id, file })),
  );
}
