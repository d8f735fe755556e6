type Json = Readonly<Record<string, unknown>>;

/** The format version in which run files are written. Files of version 1 contain no version. */
export const runFileVersion = 2;

/** Migrations from each version to the next, oldest first. A step accepts any JSON: the schema decides whether the result is a run. */
const migrations: readonly ((run: Json) => Json)[] = [fromVersion1];

/** A file written by a newer coxswain. Its format is unknown, so it must not be read, and must never be lost. */
export class NewerFile extends Error {
  override readonly name = 'NewerFile';
  readonly version: number;
  constructor(version: number) {
    super(`it has version ${version}; this coxswain supports versions up to ${runFileVersion}`);
    this.version = version;
  }
}

/**
 * The content of a run file, migrated to the current version. Nothing is written: the file gets the new format when its run is next
 * saved, so after a crash it is complete in one format or the other.
 * @throws NewerFile
 */
export function migrated(file: unknown): unknown {
  if (!isObject(file)) return file;
  const { fileVersion = 1, ...run } = file;
  if (typeof fileVersion !== 'number' || !Number.isInteger(fileVersion) || fileVersion < 1) return file;
  if (fileVersion > runFileVersion) throw new NewerFile(fileVersion);
  return migrations.slice(fileVersion - 1).reduce<Json>((json, migrate) => migrate(json), run);
}

/** 1 → 2: fields get their current names, and release images move from the run's stages, where they were marked, into the release. */
function fromVersion1(run: Json): Json {
  const { stages, release, ...rest } = changed(
    renamed(run, { withBelow: 'coversEarlierCommits', behind: 'queuedBehind', trouble: 'blockedReason' }),
    {
      stages: (all) =>
        each(all, (stage) =>
          changed(renamed(stage, { takenFrom: 'reusedFrom', said: 'statements', troubledSince: 'failingSince' }), {
            objects: (objects) => each(objects, withMakisuLogins),
          }),
        ),
      delivery: (delivery) =>
        changed(renamed(delivery, { status: 'commitStatus', unshown: 'unannounced' }), {
          thread: (posts) => each(posts, (post) => (post.state === 'owed' ? { ...post, state: 'pending' } : post)),
        }),
      release: (of) =>
        changed(renamed(of, { needs: 'requiredVotes', held: 'frozenBy', left: 'leftovers', begun: 'attemptedImages' }), {
          github: (github) => renamed(github, { checked: 'versionChecked', troubledSince: 'failingSince', mayBeOut: 'maybePublished' }),
        }),
    },
  );
  return { ...rest, ...withImages(stages, release) };
}

/** Version 1 always wrote the registry Secret for Makisu: a Job rendered back then but created now needs it in that format. */
function withMakisuLogins(object: Json): unknown {
  if (object.kind !== 'Job' || !isObject(object.metadata)) return object;
  const { annotations = {}, ...metadata } = object.metadata;
  if (!isObject(annotations)) return object;
  return { ...object, metadata: { ...metadata, annotations: { 'coxswain/registry-login': 'makisu', ...annotations } } };
}

/** The stages of version 1, with those marked as images of the release moved into it. */
function withImages(stages: unknown, release: unknown): Json {
  const of = { ...(stages !== undefined && { stages }), ...(release !== undefined && { release }) };
  if (!Array.isArray(stages) || !isObject(release)) return of;
  const isImage = (stage: unknown) => isObject(stage) && stage.release === true;
  const images = each(stages.filter(isImage), ({ release: _mark, ...image }) => image) as readonly unknown[];
  if (images.length === 0) return of;
  return { stages: stages.filter((stage) => !isImage(stage)), release: { ...release, images } };
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function renamed(json: unknown, names: Readonly<Record<string, string>>): unknown {
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [Object.hasOwn(names, key) ? names[key] : key, value]));
}

/** The object with the values of the given keys changed, if it has them. */
function changed(json: unknown, changes: Readonly<Record<string, (value: unknown) => unknown>>): Json {
  if (!isObject(json)) return json as Json;
  const entries = Object.entries(changes).filter(([key]) => Object.hasOwn(json, key));
  return { ...json, ...Object.fromEntries(entries.map(([key, change]) => [key, change(json[key])])) };
}

function each(json: unknown, change: (item: Json) => unknown): unknown {
  return Array.isArray(json) ? json.map((item) => (isObject(item) ? change(item) : item)) : json;
}
