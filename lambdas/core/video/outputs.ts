import type { FileRecord, VersionRef } from '../files/file.ts';

/** What encoders leave of a version, in its folder `videos` of the derived bucket. Names are those of `outputNames`. */
export interface VideoOutputs {
  keyOf(version: VersionRef, name: string): string;
  /** A small one as a whole. */
  read(file: FileRecord, name: string): Promise<Uint8Array>;
  /** Whatever lies there, also of a run that was killed. */
  deleteAll(version: VersionRef): Promise<void>;
}
