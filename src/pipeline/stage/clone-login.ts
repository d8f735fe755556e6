import type { KubernetesObject } from '../../core/cluster.ts';
import type { Repository } from '../../core/config.ts';
import type { Run } from '../../core/run/run.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { gitSecretOf } from './run-objects.ts';
import type { CloneKindOf } from './stage-values.ts';

/** How pods log in where they clone from; each address has its own login, or none. */
export interface CloneLogins {
  readonly kindOf: CloneKindOf;
  /** The fields of the Secret, of that kind. @throws where there is no token to be had */
  fieldsOf(clone: string): Promise<Readonly<Record<string, string>>>;
  /** Milliseconds after which those fields no longer hold; undefined: they do not end. */
  lastsMs(clone: string): number | undefined;
}

/** The Secret of the login with which a run's pods clone: that of its own address alone. Undefined where none is needed. */
export async function cloneSecret(logins: CloneLogins, run: Run, clone: string): Promise<KubernetesObject | undefined> {
  return logins.kindOf(clone) === undefined ? undefined : gitSecretOf(run, await logins.fieldsOf(clone));
}

/** The little that keeping a login fresh needs. */
/** What fresh logins need from outside. */
export interface LoginPorts {
  /** Absent: no pod needs a login. */
  readonly clone?: CloneLogins;
  readonly cluster: { replace(object: KubernetesObject): Promise<void> };
  readonly now: () => Date;
}

export interface LoginDeps extends LoginPorts {
  /** Run and stage → when its login was made, in ms; what is not in it is as old as the start of the stage. */
  readonly loginsMadeAt: Map<string, number>;
}

/** A pod may wait for its node longer than a token lasts: until it has begun it finds a fresh one. Gives when to look again, in ms. */
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
