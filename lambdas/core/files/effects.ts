import type { Change } from './change.ts';
import type { FileRecord } from './file.ts';
import { availableStatuses, holdsName, releasedStatuses, type Status } from './status.ts';

/** A name in a folder of one owner. */
export interface PlacedName {
  readonly path: string;
  readonly filename: string;
}

/** Perceptual hashes under which the file is no longer found, and now is. */
export interface Resembling {
  readonly releases?: string;
  readonly claims?: string;
}

/** What a change entails beside the record itself, from `before` and `after` alone. */
export interface Effects {
  /** Names to give back and to take; both absent where the file stays what and where it is. */
  readonly releases?: PlacedName;
  readonly claims?: PlacedName;
  /** Whether the file becomes findable without its tenant, or is no longer. */
  readonly publishes?: boolean;
  /** Whether the file comes under legal hold, or is so no longer. */
  readonly holds?: boolean;
  /** Absent where the file is found by what it looks like as before. */
  readonly resembles?: Resembling;
  /** The file itself learns how its replacement ended. */
  readonly endsReplacement?: { readonly as: Status; readonly reason?: string };
}

export function effectsOf({ before, after }: Pick<Change, 'before' | 'after'>): Effects {
  if (after.isReplacement) {
    const ends = releasedStatuses.includes(after.status) && !releasedStatuses.includes(before.status);
    if (!ends) return {};
    return { endsReplacement: { as: after.status, ...(after.reason && { reason: after.reason }) } };
  }
  const was = heldName(before);
  const is = heldName(after);
  const renamed = was?.path !== is?.path || was?.filename !== is?.filename;
  return {
    ...(renamed && was && { releases: was }),
    ...(renamed && is && { claims: is }),
    ...(isFindable(before) !== isFindable(after) && { publishes: isFindable(after) }),
    ...(isHeld(before) !== isHeld(after) && { holds: isHeld(after) }),
    ...resembling(before, after),
  };
}

function resembling(before: FileRecord, after: FileRecord): Pick<Effects, 'resembles'> {
  const [releases, claims] = [shownHash(before), shownHash(after)];
  if (releases === claims) return {};
  return { resembles: { ...(releases && { releases }), ...(claims && { claims }) } };
}

/** What is in the trash, or gone, resembles nothing. */
const shownHash = ({ status, perceptualHash }: FileRecord): string | undefined =>
  availableStatuses.includes(status) ? perceptualHash : undefined;

const heldName = (file: FileRecord): PlacedName | undefined =>
  holdsName(file.status) ? { path: file.path, filename: file.filename } : undefined;

/** Public files are found by their id alone; whether one is served is decided when it is asked for. */
const isFindable = (file: FileRecord): boolean => file.isPublic && !releasedStatuses.includes(file.status);

/** In whatever status: of a file that was found infected the hold keeps bytes which nobody reads. */
const isHeld = (file: FileRecord): boolean => file.legalHold !== undefined && file.status !== 'purged';
