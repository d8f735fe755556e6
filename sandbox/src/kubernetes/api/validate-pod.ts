/** What is wrong with a pod's spec (pkg/apis/core/validation), as far as people get it wrong. */
import { invalidValue, required, type StatusCause } from '../model/errors.ts';
import { labelProblems } from '../model/names.ts';
import type { Container, PodSpec } from '../model/pods.ts';
import type { Volume } from '../model/volumes.ts';

/** The mistakes in a spec, or in the lack of one; `path` names it in messages. */
export function podSpecProblems(spec: PodSpec | undefined, path: string): StatusCause[] {
  const containers = spec?.containers ?? [];
  const inits = spec?.initContainers ?? [];
  const volumes = spec?.volumes ?? [];
  return [
    ...(containers.length > 0 ? [] : [required(`${path}.containers`)]),
    ...inits.flatMap((one, index) => containerProblems(one, `${path}.initContainers[${index}]`, volumes)),
    ...containers.flatMap((one, index) => containerProblems(one, `${path}.containers[${index}]`, volumes)),
    ...duplicates(inits, `${path}.initContainers`),
    ...duplicates(containers, `${path}.containers`, inits),
    ...duplicates(volumes, `${path}.volumes`),
    ...volumes.flatMap(({ name }, index) => nameProblems(name, `${path}.volumes[${index}].name`)),
  ];
}

const repeated = (names: string[]): string[] => names.filter((name, index) => name && names.indexOf(name) !== index);

const duplicates = (of: { name: string }[], path: string, before: { name: string }[] = []): StatusCause[] =>
  of.flatMap(({ name }, index) => {
    const known = [...before, ...of.slice(0, index)].some((one) => one.name === name);
    const message = `Duplicate value: ${JSON.stringify(name)}`;
    return name && known ? [{ reason: 'FieldValueDuplicate', message, field: `${path}[${index}].name` }] : [];
  });

const nameProblems = (name: string, path: string): StatusCause[] =>
  name ? labelProblems(name).map((why) => invalidValue(path, name, why)) : [required(path)];

function containerProblems({ name, image, volumeMounts = [] }: Container, path: string, volumes: Volume[]): StatusCause[] {
  const mounts = volumeMounts.flatMap((mount, index): StatusCause[] => {
    const at = `${path}.volumeMounts[${index}]`;
    const known = volumes.some((volume) => volume.name === mount.name);
    const missing = { reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(mount.name)}`, field: `${at}.name` };
    return [...(known ? [] : [missing]), ...(mount.mountPath ? [] : [required(`${at}.mountPath`)])];
  });
  const paths = repeated(volumeMounts.map(({ mountPath }) => mountPath));
  return [
    ...nameProblems(name, `${path}.name`),
    ...(image ? [] : [required(`${path}.image`)]),
    ...mounts,
    ...paths.map((mountPath) => invalidValue(`${path}.volumeMounts.mountPath`, mountPath, 'must be unique')),
  ];
}
