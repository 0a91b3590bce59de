import type { VersionRef } from '../files/file.ts';
import type { StoredRendition } from '../processing/work.ts';
import { type EncodedFile, outputNames } from './encoded.ts';
import type { VideoOutputs } from './outputs.ts';
import { rungNames } from './transcode-plan.ts';

/** Which output is the rendition that a user knows by this name. Tracks and sheets belong to the stream. */
const outputOf: ReadonlyMap<string, string> = new Map([
  ...rungNames.map((name) => [name, outputNames.rung(name)] as const),
  ['audio', outputNames.audio],
  ['stream', outputNames.stream],
  ['poster', outputNames.poster],
  ['clip', outputNames.clip],
  ['waveform', outputNames.waveform],
]);

/** Names of the renditions that an encoder makes. */
export const transcodedNames: ReadonlySet<string> = new Set(outputOf.keys());

const isOfStream = (name: string): boolean =>
  name === outputNames.stream || name.startsWith('cmaf-') || name.startsWith('sprite-');

/** What an encoder has left, as renditions of the file. The size of the stream is that of all that belongs to it. */
export function transcodedRenditions(
  outputs: Pick<VideoOutputs, 'keyOf'>,
  version: VersionRef,
  files: readonly EncodedFile[],
): readonly StoredRendition[] {
  const ofStream = files.filter(({ name }) => isOfStream(name));
  const streamBytes = ofStream.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...outputOf].flatMap(([name, output]) => {
    const file = files.find((each) => each.name === output);
    if (!file) return [];
    const { mimeType, bytes, width, height, duration } = file;
    return {
      name,
      mimeType,
      size: output === outputNames.stream ? streamBytes : bytes,
      key: outputs.keyOf(version, output),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(duration !== undefined && { duration }),
    };
  });
}
