/**
 * The fields that the kinds have which coxswain makes, for strict validation (Kubernetes 1.36, v1 types). A field without a shape of its own
 * may hold anything: what stands deeper than a job template reaches is not looked at.
 */

/** What may stand at a place: anything, an object of these fields, or a list of such. */
export type Shape = { readonly fields?: Readonly<Record<string, Shape>>; readonly items?: Shape };

const anything: Shape = {};
const list = (items: Shape): Shape => ({ items });

/** An object of these fields; `known` gives those that are looked into. */
const of = (names: string, known: Readonly<Record<string, Shape>> = {}): Shape => ({
  fields: { ...Object.fromEntries(names.split(' ').map((name) => [name, anything])), ...known },
});

const metadata = of(
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields',
);

const envVar = of('name value', {
  valueFrom: of('fieldRef resourceFieldRef fileKeyRef', {
    configMapKeyRef: of('name key optional'),
    secretKeyRef: of('name key optional'),
  }),
});

const container = of(
  'name image command args workingDir ports envFrom resizePolicy restartPolicy restartPolicyRules volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  {
    env: list(envVar),
    resources: of('limits requests claims'),
    volumeMounts: list(of('name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr')),
  },
);

const volume = of(
  'name hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image',
  {
    emptyDir: of('medium sizeLimit'),
    secret: of('secretName items defaultMode optional'),
    configMap: of('name items defaultMode optional'),
    persistentVolumeClaim: of('claimName readOnly'),
  },
);

const podSpec = of(
  'ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride workloadRef schedulingGroup',
  { initContainers: list(container), containers: list(container), volumes: list(volume) },
);

const template: Shape = { fields: { metadata, spec: podSpec } };

const jobSpec = of(
  'parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy',
  { template },
);

const deploymentSpec = of('replicas selector strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds', { template });

const serviceSpec = of(
  'selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
  { ports: list(of('name protocol appProtocol port targetPort nodePort')) },
);

const claimSpec = of(
  'accessModes selector resources volumeName storageClassName volumeMode dataSource dataSourceRef volumeAttributesClassName',
);

const object = (fields: Readonly<Record<string, Shape>>): Shape => ({
  fields: { apiVersion: anything, kind: anything, metadata, ...fields },
});

const held = object({ immutable: anything, data: anything, stringData: anything, type: anything });

const peers = list(of('podSelector namespaceSelector ipBlock'));
const ports = list(of('port endPort protocol'));
const networkPolicySpec = of('podSelector policyTypes', {
  ingress: list(of('', { from: peers, ports })),
  egress: list(of('', { to: peers, ports })),
});

/** By kind; of a kind that is not here every field is taken. */
export const knownFields: Readonly<Record<string, Shape>> = {
  Namespace: object({ spec: of('finalizers'), status: anything }),
  Job: object({ spec: jobSpec, status: anything }),
  Pod: object({ spec: podSpec, status: anything }),
  Deployment: object({ spec: deploymentSpec, status: anything }),
  Service: object({ spec: serviceSpec, status: anything }),
  PersistentVolumeClaim: object({ spec: claimSpec, status: anything }),
  ResourceQuota: object({ spec: of('hard scopes scopeSelector'), status: anything }),
  NetworkPolicy: object({ spec: networkPolicySpec }),
  Secret: held,
  ConfigMap: object({ immutable: anything, data: anything, binaryData: anything }),
};
