import { mediaKind } from '../content/mime-types.ts';
import type { FileRecord } from '../files/file.ts';
import type { ImageProcessor } from '../images/ports.ts';
import { type Delivery, type PendingRendition, skipped, type UnmadeRendition } from '../processing/work.ts';
import { type EncodedFile, outputNames } from './encoded.ts';
import { countOfOutput, type OutputName, outputSeconds } from './output-minutes.ts';
import type { VideoOutputs } from './outputs.ts';
import { type PicturePresets, picturePresets } from './picture-presets.ts';
import type { RefusalReason } from './probe.ts';
import { type RecordingDeps, readRecording, wordsOf } from './recording.ts';
import type { Transcode } from './transcode.ts';
import { transcodedRenditions } from './transcoded-renditions.ts';
import { videoFacts } from './video-facts.ts';

export interface TranscodeResultDeps extends RecordingDeps {
  readonly outputs: Pick<VideoOutputs, 'keyOf' | 'read'>;
  readonly images: ImageProcessor;
}

/** What the source itself is to blame for; the other reasons are bounds. */
const faults: readonly RefusalReason[] = ['not_a_video', 'malformed', 'unsupported_codec'];

/**
 * What is recorded of a file: facts, renditions of the encoder, and the tenant's presets, made of the poster, or of a
 * recording's cover. A recording that was refused still tells its tags and shows its cover.
 */
export async function transcodeResult(
  deps: TranscodeResultDeps,
  file: FileRecord,
  { probe, plan, cost, files = [], refused }: Transcode,
  pending: readonly PendingRendition[],
): Promise<Delivery> {
  const isRecording = mediaKind(file.mimeType) === 'audio';
  const recording = isRecording ? await readRecording(deps, file) : undefined;
  const picture = (await posterOf(deps, file, files)) ?? recording?.cover;
  const { placeholder, ...presets } = picture
    ? await picturePresets(deps.images, picture, pending)
    : noPictures(pending, isRecording ? (recording ? 'no_cover' : 'unreadable') : 'no_pictures', refused);
  const { media, details } = videoFacts(probe, recording);
  const text = recording && wordsOf(recording);
  return {
    facts: { media: { ...media, ...(placeholder && { placeholder }) }, ...(details && { details }) },
    ...(text !== undefined && { text }),
    made: [...presets.made, ...transcodedRenditions(deps.outputs, file, files)],
    unmade: [...presets.unmade, ...(refused && isRecording ? unmadeSound(refused) : [])],
    ...(plan && !refused && { told: { ...toldSeconds(plan), ...(cost && { estimatedCost: cost.amount }) } }),
  };
}

const posterOf = async (
  { outputs }: TranscodeResultDeps,
  file: FileRecord,
  files: readonly EncodedFile[],
): Promise<Uint8Array | undefined> =>
  files.some(({ name }) => name === outputNames.poster) ? outputs.read(file, outputNames.poster) : undefined;

const noPictures = (
  pending: readonly PendingRendition[],
  reason: string,
  refused: RefusalReason | undefined,
): PicturePresets => ({
  made: [],
  unmade:
    refused && reason === 'no_pictures'
      ? pending.map(({ name }) => ({ name, ...refusal(refused) }))
      : skipped(pending, reason),
});

/** Its cover may be ready all the same: then these alone tell why it has no sound of Sluice's own. */
const unmadeSound = (refused: RefusalReason): readonly UnmadeRendition[] =>
  ['audio', 'waveform'].map((name) => ({ name, ...refusal(refused) }));

const refusal = (reason: RefusalReason): Pick<UnmadeRendition, 'status' | 'reason'> => ({
  status: faults.includes(reason) ? 'failed' : 'skipped',
  reason,
});

/** As the numbers count them: seconds of output by rung. */
const toldSeconds = (plan: NonNullable<Transcode['plan']>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outputSeconds(plan)).map(([name, seconds]) => [
      countOfOutput[name as OutputName],
      seconds,
    ]),
  );
