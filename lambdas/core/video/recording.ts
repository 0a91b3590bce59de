import { type AudioContent, type AudioReader, AudioUnreadable } from '../audio/ports.ts';
import type { FileRecord } from '../files/file.ts';
import { type OriginalDeps, originalSource } from '../processing/original.ts';

export interface RecordingDeps extends OriginalDeps {
  readonly audio: AudioReader;
}

/** What a recording says of itself; undefined where nobody can read it. It may play all the same: players are more patient. */
export async function readRecording(
  deps: RecordingDeps,
  file: FileRecord,
): Promise<AudioContent | undefined> {
  try {
    return await deps.audio.read(originalSource(deps, file), file.mimeType);
  } catch (error) {
    if (error instanceof AudioUnreadable) return undefined;
    throw error;
  }
}

/** Words of a recording that are worth finding. */
export function wordsOf({ tags: { title, artist, album, genre } }: AudioContent): string | undefined {
  const words = [title, artist, album, genre].filter((word) => word !== undefined);
  return words.length > 0 ? words.join('\n') : undefined;
}
