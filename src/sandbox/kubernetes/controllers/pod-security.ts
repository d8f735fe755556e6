/** The Pod Security Standards `baseline` and `restricted`, in the parts and words that k8s.io/pod-security-admission/policy has for them. */
import type { Container, PodSpec, Volume } from '../model/pods.ts';

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
  (breaks: (container: Container, pod: SecurityContext) => boolean, title: string, must: string): Rule =>
  (spec, containers) => {
    const bad = containers.filter((one) => breaks(one, contextOf(spec as { securityContext?: object }))).map(({ name }) => name);
    return bad.length > 0 ? `${title} (${plural(bad, 'container')} must ${must})` : undefined;
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

const baseline: readonly Rule[] = [
  hostNamespaces,
  hostPaths,
  eachContainer((one) => contextOf(one).privileged === true, 'privileged', 'not set securityContext.privileged=true'),
  eachContainer(
    (one) => (contextOf(one).capabilities?.add ?? []).some((name) => !allowedCapabilities.has(name)),
    'non-default capabilities',
    'not include capabilities beyond the default set in securityContext.capabilities.add',
  ),
];

const restrictedVolumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];

const volumeTypes: Rule = ({ volumes = [] }) => {
  const bad = (volume: Volume): boolean => !restrictedVolumes.some((type) => type in volume);
  const names = volumes.filter(bad).map(({ name }) => name);
  return names.length > 0 ? `restricted volume types (${plural(names, 'volume')} uses restricted volume type)` : undefined;
};

const restricted: readonly Rule[] = [
  ...baseline,
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
  ),
  eachContainer(
    (one, pod) => !['RuntimeDefault', 'Localhost'].includes((contextOf(one).seccompProfile ?? pod.seccompProfile)?.type ?? ''),
    'seccompProfile',
    'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
  ),
];

/** The sentences for what a level forbids in `spec`; none for `privileged` or a level that does not exist. */
export function violations(spec: PodSpec, level: string): string[] {
  const rules = level === 'restricted' ? restricted : level === 'baseline' ? baseline : [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return rules.map((rule) => rule(spec, containers)).filter((sentence) => sentence !== undefined);
}
