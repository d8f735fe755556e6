import type { KubernetesObject } from '../../core/cluster.ts';
import type { Repository } from '../../core/config.ts';
import type { Run } from '../../core/run/run.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { gitSecretOf } from './run-objects.ts';
import type { CloneNeedsOf } from './stage-values.ts';

/** With what pods clone; each address has its own login, or none. */
export interface CloneLogins {
  readonly needsOf: CloneNeedsOf;
  /** The fields of the Secret, for those needs. @throws if no token is available */
  fieldsOf(clone: string): Promise<Readonly<Record<string, string>>>;
  /** Milliseconds after which those fields expire; undefined if they do not. */
  lastsMs(clone: string): number | undefined;
}

/** The Secret with which a run's pods clone: for its own clone address only. Undefined if none is needed. */
export async function cloneSecret(logins: CloneLogins, run: Run, clone: string): Promise<KubernetesObject | undefined> {
  const { login, authorities } = logins.needsOf(clone);
  return login || authorities ? gitSecretOf(run, await logins.fieldsOf(clone)) : undefined;
}

/** What keeping a login fresh needs from outside. */
export interface LoginPorts {
  /** Absent: no pod needs a login. */
  readonly clone?: CloneLogins;
  readonly cluster: { replace(object: KubernetesObject): Promise<void> };
  readonly now: () => Date;
}

export interface LoginDeps extends LoginPorts {
  /** Run and stage → when its login was created, in ms; a missing entry means at the start of the stage. */
  readonly loginsMadeAt: Map<string, number>;
}

/** Renews the login until the pod has started: it may wait for a node longer than a token lasts. Returns when to check again, in ms. */
export async function keepLoginFresh(at: LoginDeps, run: Run, record: StageRun, repository: Repository): Promise<number | undefined> {
  if (!at.clone) return undefined;
  const lasts = at.clone.lastsMs(repository.clone);
  const key = `${run.id} ${record.name}`;
  if (lasts === undefined || record.podStartedAt !== undefined) {
    at.loginsMadeAt.delete(key);
    return undefined;
  }
  const now = at.now().getTime();
  const made = at.loginsMadeAt.get(key) ?? Date.parse(record.startedAt ?? '');
  const left = made + lasts / 2 - now;
  if (left > 0) return left;
  const secret = await cloneSecret(at.clone, run, repository.clone);
  if (secret) await at.cluster.replace(secret);
  at.loginsMadeAt.set(key, now);
  return lasts / 2;
}
