/** What is wrong with a pod's spec (pkg/apis/core/validation), as far as people get it wrong. */
import { invalidValue, required, type StatusCause } from '../model/errors.ts';
import { labelProblems } from '../model/names.ts';
import type { Container, PodSpec, Volume } from '../model/pods.ts';

/** The mistakes in a spec, or in the lack of one; `path` names it in messages. */
export function podSpecProblems(spec: PodSpec | undefined, path: string): StatusCause[] {
  const containers = spec?.containers ?? [];
  const inits = spec?.initContainers ?? [];
  const volumes = spec?.volumes ?? [];
  return [
    ...(containers.length > 0 ? [] : [required(`${path}.containers`)]),
    ...inits.flatMap((one, index) => containerProblems(one, `${path}.initContainers[${index}]`, volumes)),
    ...containers.flatMap((one, index) => containerProblems(one, `${path}.containers[${index}]`, volumes)),
    ...repeated([...inits, ...containers].map(({ name }) => name)).map((name) => duplicate(`${path}.containers.name`, name)),
    ...volumes.flatMap(({ name }, index) => nameProblems(name, `${path}.volumes[${index}].name`)),
    ...repeated(volumes.map(({ name }) => name)).map((name) => duplicate(`${path}.volumes.name`, name)),
  ];
}

const repeated = (names: string[]): string[] => names.filter((name, index) => name && names.indexOf(name) !== index);

const duplicate = (field: string, name: string): StatusCause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(name)}`,
  field,
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
