/** The downward API: a field of the pod, by its path, as text. */
import type { Labels } from '../model/objects.ts';
import type { Pod } from '../model/pods.ts';

const listing = (labels: Labels = {}): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n');

/** Empty for a field that the pod does not have. */
export function fieldValue(pod: Pod, path: string): string {
  const { metadata, spec, status } = pod;
  const [, map = '', key] = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path) ?? [];
  if (key) return (map === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': listing(metadata.labels),
    'metadata.annotations': listing(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status.podIP,
    'status.hostIP': status.hostIP,
  };
  return fields[path] ?? '';
}
