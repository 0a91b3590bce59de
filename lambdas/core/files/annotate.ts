import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type AlterDeps, alterFile, type FileTarget, requireLiving } from './alter.ts';
import { edit } from './change.ts';
import type { FileRecord, Sensitivity } from './file.ts';

export interface AnnotateDeps extends AlterDeps {
  readonly annotationsMaxBytes: number;
}

const utf8Bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** What tags and metadata of one file take together, in bytes of their JSON. */
export const annotationBytes = (tags: readonly string[] = [], metadata: object = {}): number =>
  utf8Bytes(tags) + utf8Bytes(metadata);

/** @throws not_found, forbidden, precondition_failed, validation_failed, upload_state_conflict */
export const setTags = (
  deps: AnnotateDeps,
  caller: Caller,
  target: FileTarget,
  { tags }: { readonly tags: readonly string[] },
): Promise<FileRecord> =>
  changeFields(deps, caller, target, 'write', (file) => {
    requireFit(deps, 'tags', tags, file.metadata);
    return { tags };
  });

/** Tags that come and tags that go; what is neither stays. @throws those of setTags */
export const adjustTags = (
  deps: AnnotateDeps & { readonly tagsMax: number },
  caller: Caller,
  target: FileTarget,
  { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<FileRecord> =>
  changeFields(deps, caller, target, 'write', (file) => {
    const tags = [...new Set([...file.tags.filter((tag) => !remove.includes(tag)), ...add])];
    if (tags.length > deps.tagsMax) {
      throw errors.invalidField('add', 'too_many', `a file has at most ${deps.tagsMax} tags`);
    }
    requireFit(deps, 'add', tags, file.metadata);
    return { tags };
  });

/** @throws those of setTags */
export const setMetadata = (
  deps: AnnotateDeps,
  caller: Caller,
  target: FileTarget,
  change: { readonly metadata: Readonly<Record<string, string>>; readonly sensitivity?: Sensitivity },
): Promise<FileRecord> =>
  changeFields(deps, caller, target, 'write', (file) => {
    requireFit(deps, 'metadata', file.tags, change.metadata);
    return change;
  });

/** Making a file private ends new public URLs at once. @throws those of setTags */
export const setVisibility = (
  deps: AlterDeps,
  caller: Caller,
  target: FileTarget,
  { isPublic }: { readonly isPublic: boolean },
): Promise<FileRecord> => changeFields(deps, caller, target, 'manage', () => ({ isPublic }));

type Fields = Partial<Pick<FileRecord, 'tags' | 'metadata' | 'sensitivity' | 'isPublic'>>;

function changeFields(
  deps: AlterDeps,
  caller: Caller,
  target: FileTarget,
  need: 'write' | 'manage',
  decide: (file: FileRecord) => Fields,
): Promise<FileRecord> {
  return alterFile(deps, caller, target, need, (file) => {
    requireLiving(file);
    const set = decide(file);
    const changed = Object.entries(set)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(file[name as keyof FileRecord]))
      .map(([name]) => name);
    if (changed.length === 0) return undefined;
    return edit(file, {
      at: deps.now(),
      eventId: deps.newId(),
      actor: caller.actor,
      type: 'file.changed',
      // Which fields, never what is in them: events carry no text of users.
      data: { fields: changed.join(' '), ...(set.isPublic !== undefined && { isPublic: set.isPublic }) },
      set,
    });
  });
}

function requireFit(
  { annotationsMaxBytes }: AnnotateDeps,
  field: string,
  tags: readonly string[],
  metadata: Readonly<Record<string, string>>,
): void {
  if (annotationBytes(tags, metadata) <= annotationsMaxBytes) return;
  const detail = `tags and metadata together must have at most ${annotationsMaxBytes} bytes`;
  throw errors.invalidField(field, 'too_large', detail);
}
