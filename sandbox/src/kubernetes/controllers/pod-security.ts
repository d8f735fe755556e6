/** The Pod Security Standards `baseline` and `restricted`, in the parts and words that k8s.io/pod-security-admission/policy has for them. */
import type { Container, PodSpec } from '../model/pods.ts';
import type { Volume } from '../model/volumes.ts';

interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  runAsNonRoot?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
}

const contextOf = (of: { securityContext?: object }): SecurityContext => of.securityContext ?? {};

const quoted = (names: string[]): string => names.map((name) => `"${name}"`).join(', ');
const plural = (names: string[], word: string): string => `${names.length === 1 ? word : `${word}s`} ${quoted(names)}`;

type Rule = (spec: PodSpec, containers: Container[]) => string | undefined;

/** A rule that every container must keep. */
const eachContainer =
  (breaks: (container: Container, pod: SecurityContext) => boolean, title: string, must: string, who = 'container'): Rule =>
  (spec, containers) => {
    const bad = containers.filter((one) => breaks(one, contextOf(spec as { securityContext?: object }))).map(({ name }) => name);
    return bad.length > 0 ? `${title} (${plural(bad, who)} must ${must})` : undefined;
  };

const allowedCapabilities = new Set(
  ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'].concat([
    ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
  ]),
);

const hostNamespaces: Rule = ({ hostNetwork, hostPID, hostIPC }) => {
  const used = Object.entries({ hostNetwork, hostPID, hostIPC }).filter(([, on]) => on);
  return used.length > 0 ? `host namespaces (${used.map(([name]) => `${name}=true`).join(', ')})` : undefined;
};

const hostPaths: Rule = ({ volumes = [] }) => {
  const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return names.length > 0 ? `hostPath volumes (${plural(names, 'volume')})` : undefined;
};

const capabilities: Rule = (_, containers) => {
  const added = (one: Container): string[] => contextOf(one).capabilities?.add?.filter((name) => !allowedCapabilities.has(name)) ?? [];
  const bad = containers.filter((one) => added(one).length > 0).map(({ name }) => name);
  const names = quoted([...new Set(containers.flatMap(added))].sort());
  return bad.length > 0
    ? `non-default capabilities (${plural(bad, 'container')} must not include ${names} in securityContext.capabilities.add)`
    : undefined;
};

const privileged = eachContainer((one) => contextOf(one).privileged === true, 'privileged', 'not set securityContext.privileged=true');

const restrictedVolumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];

const volumeTypes: Rule = ({ volumes = [] }) => {
  const typeOf = (volume: Volume): string => Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  const bad = volumes.filter((volume) => !restrictedVolumes.includes(typeOf(volume)));
  const types = quoted([...new Set(bad.map(typeOf))]);
  const names = bad.map(({ name }) => name);
  const use = names.length === 1 ? 'uses restricted volume type' : 'use restricted volume types';
  return names.length > 0 ? `restricted volume types (${plural(names, 'volume')} ${use} ${types})` : undefined;
};

const baseline: readonly Rule[] = [capabilities, hostNamespaces, hostPaths, privileged];

// The stricter rules on capabilities and volumes stand in place of those of the baseline.
const restricted: readonly Rule[] = [
  hostNamespaces,
  privileged,
  eachContainer(
    (one) => contextOf(one).allowPrivilegeEscalation !== false,
    'allowPrivilegeEscalation != false',
    'set securityContext.allowPrivilegeEscalation=false',
  ),
  eachContainer(
    (one) => !contextOf(one).capabilities?.drop?.includes('ALL'),
    'unrestricted capabilities',
    'set securityContext.capabilities.drop=["ALL"]',
  ),
  volumeTypes,
  eachContainer(
    (one, pod) => !(contextOf(one).runAsNonRoot ?? pod.runAsNonRoot),
    'runAsNonRoot != true',
    'set securityContext.runAsNonRoot=true',
    'pod or container',
  ),
  eachContainer(
    (one, pod) => !['RuntimeDefault', 'Localhost'].includes((contextOf(one).seccompProfile ?? pod.seccompProfile)?.type ?? ''),
    'seccompProfile',
    'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    'pod or container',
  ),
];

/** The sentences for what a level forbids in `spec`; none for `privileged` or a level that does not exist. */
export function violations(spec: PodSpec, level: string): string[] {
  const rules = level === 'restricted' ? restricted : level === 'baseline' ? baseline : [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return rules.map((rule) => rule(spec, containers)).filter((sentence) => sentence !== undefined);
}
