import type { Cause, ContainerEnd, Progress, Reader } from '../core/logs.ts';
import { cut } from '../core/text/cut.ts';
import { describeEnd } from './exit.ts';
import { SalientLines } from './salient-lines.ts';

/** Reads any log: no progress, and for a failure the most relevant lines. */
export function plainReader(): Reader {
  const lines = new SalientLines();
  return {
    line: (text) => lines.add(text),
    progress: (): Progress => ({}),
    shown: (text) => [text],
    cause: (end) => plainCause(end, lines),
  };
}

/** The cause as far as it is known from the container's end and the most relevant lines of its log. */
export function plainCause(end: ContainerEnd, lines: SalientLines): Cause {
  const how = describeEnd(end);
  const headline = how?.outside ? undefined : lines.headline();
  return {
    kind: how?.kind ?? 'unknown',
    title: `${end.container} ${how?.what ?? 'failed'}${headline ? `: ${cut(headline, 160)}` : ''}`,
    excerpt: lines.excerpt(),
    next:
      how?.next ??
      (lines.isEmpty ? 'It logged nothing: check the pod and its events.' : 'Read the lines above; the whole log is in the thread.'),
  };
}
