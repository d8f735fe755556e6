/** What the API server refuses with 422 Invalid: names, labels, and what a kind cannot do without. */
import { invalid, invalidValue, required, type StatusCause } from '../model/errors.ts';
import { labelProblems, labelValueProblems, subdomainProblems } from '../model/names.ts';
import type { KubeObject, ObjectInput } from '../model/objects.ts';
import type { PodTemplate } from '../model/pods.ts';
import type { Resource } from '../model/resources.ts';
import { podSpecProblems } from './validate-pod.ts';

const oneLabel = new Set(['Namespace', 'Service']);

function metaProblems({ metadata, kind = '' }: ObjectInput): StatusCause[] {
  const name = metadata?.name ?? '';
  if (!name) return [required('metadata.name', 'name or generateName is required')];
  const check = oneLabel.has(kind) ? labelProblems : subdomainProblems;
  const labels = Object.values(metadata?.labels ?? {}).flatMap((value) =>
    labelValueProblems(value).map((why) => invalidValue('metadata.labels', value, why)),
  );
  // A namespace carries its own name as a label.
  const own = kind === 'Namespace' ? labelValueProblems(name).map((why) => invalidValue('metadata.labels', name, why)) : [];
  return [...check(name).map((why) => invalidValue('metadata.name', name, why)), ...labels, ...own];
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', " +
  "regex used for validation is '[-._a-zA-Z0-9]+')";

type Check = (object: ObjectInput) => StatusCause[];

const job: Check = (object) => {
  const template = (object.spec as { template?: PodTemplate } | undefined)?.template;
  const policy = template?.spec?.restartPolicy;
  const tooLong = labelValueProblems(object.metadata?.name ?? '').map((why) =>
    invalidValue('spec.template.labels', object.metadata?.name, why),
  );
  const never = policy === 'OnFailure' || policy === 'Never';
  return [
    ...tooLong,
    ...podSpecProblems(template?.spec, 'spec.template.spec'),
    ...(never ? [] : [required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')]),
  ];
};

const deployment: Check = ({ spec }) => {
  const { selector, template } = (spec ?? {}) as { selector?: object; template?: PodTemplate };
  return [...(selector ? [] : [required('spec.selector')]), ...podSpecProblems(template?.spec, 'spec.template.spec')];
};

const claim: Check = ({ spec }) => {
  const { accessModes, resources } = (spec ?? {}) as { accessModes?: string[]; resources?: { requests?: { storage?: string } } };
  return [
    ...(accessModes?.length ? [] : [required('spec.accessModes', 'at least 1 access mode is required')]),
    ...(resources?.requests?.storage ? [] : [required('spec.resources[storage]')]),
  ];
};

const data: Check = ({ data: held, stringData }) =>
  Object.keys({ ...(held as object), ...(stringData as object) })
    .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
    .map((key) => invalidValue(`data[${key}]`, key, keyRule));

const checks: Record<string, Check> = {
  Job: job,
  Deployment: deployment,
  PersistentVolumeClaim: claim,
  Secret: data,
  ConfigMap: data,
  Pod: ({ spec }) => podSpecProblems(spec as PodTemplate['spec'] | undefined, 'spec'),
};

/** Throws 422 where `object`, as the client sent it, is not what its kind must be. */
export function validate(object: ObjectInput, resource: Resource): void {
  const causes = [...metaProblems(object), ...(checks[resource.kind]?.(object) ?? [])];
  if (causes.length > 0) throw invalid(resource.kind, resource.group, object.metadata?.name ?? '', causes);
}

const frozen: Record<string, readonly string[]> = {
  Job: ['template', 'selector', 'completionMode'],
  PersistentVolumeClaim: ['accessModes'],
};

/** Throws 422 where an update changes what its kind holds fixed. */
export function validateUpdate(next: KubeObject, present: KubeObject, resource: Resource): void {
  const field = (object: KubeObject, name: string): string => JSON.stringify((object.spec as Record<string, unknown>)?.[name]) ?? '';
  const causes = (frozen[next.kind] ?? [])
    .filter((name) => field(next, name) !== field(present, name))
    .map((name) => invalidValue(`spec.${name}`, (next.spec as Record<string, unknown>)[name], 'field is immutable'));
  if (causes.length > 0) throw invalid(resource.kind, resource.group, next.metadata.name, causes);
}
