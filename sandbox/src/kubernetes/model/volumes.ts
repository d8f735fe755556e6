/** A pod's volumes (core/v1), as far as the stand-in plays them. */

export interface KeyItem {
  key: string;
  path: string;
  mode?: number;
}

interface DownwardItem {
  path: string;
  fieldRef?: { fieldPath: string };
}

export interface ProjectedSource {
  secret?: { name: string; items?: KeyItem[]; optional?: boolean };
  configMap?: { name: string; items?: KeyItem[]; optional?: boolean };
  downwardAPI?: { items?: DownwardItem[] };
}

export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  emptyDir?: object;
  secret?: { secretName: string; items?: KeyItem[]; optional?: boolean };
  configMap?: { name: string; items?: KeyItem[]; optional?: boolean };
  projected?: { sources?: ProjectedSource[] };
  downwardAPI?: { items?: DownwardItem[] };
  hostPath?: { path: string };
}
