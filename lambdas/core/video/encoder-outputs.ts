import type { FileRecord } from '../files/file.ts';
import { minSidePixels, shorterSide } from './shown-size.ts';
import type { EncoderName } from './transcode.ts';
import type { Rung, TranscodePlan } from './transcode-plan.ts';

/**
 * Rungs that are also an MP4 to download; every rung is a track of the stream. MediaConvert charges each encoded output by its
 * minutes: MP4s of all rungs would make a transcode cost half as much again, and one of the best is what people download.
 */
const downloads: Readonly<Record<EncoderName, 'every' | 'best'>> = { ffmpeg: 'every', mediaconvert: 'best' };

/** Best first. */
export const downloadsOf = ({ video }: TranscodePlan, encoder: EncoderName): readonly Rung[] =>
  downloads[encoder] === 'every' ? (video?.rungs ?? []) : (video?.rungs.slice(0, 1) ?? []);

/**
 * What encodes a file on a stage. Sound alone, and pictures of a few pixels, need no service. What lies under its tenant's own
 * KMS key never goes to MediaConvert: it writes with S3's bucket key where the bucket has one, which such a key refuses.
 */
export const encoderFor = (
  stage: EncoderName,
  { video }: TranscodePlan,
  file: Pick<FileRecord, 'encryptionKey'>,
): EncoderName => (video && !file.encryptionKey && video.rungs.every(isManaged) ? stage : 'ffmpeg');

/** Nothing is enlarged, so a smaller source has a smaller rung. */
const isManaged = (rung: Rung): boolean => shorterSide(rung) >= minSidePixels;
