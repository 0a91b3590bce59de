import * as z from 'zod';

/** Bounds of what is made of videos and recordings (DESIGN 6). Names carry the unit. */
export const videoLimits = z.object({
  /** Bits per second of a rung at most. */
  rungBitsPerSecond: z.object({
    '1080p': z.number().int().positive(),
    '720p': z.number().int().positive(),
    '480p': z.number().int().positive(),
    '360p': z.number().int().positive(),
  }),
  audioBitsPerSecond: z.number().int().positive(),
  keyFrameSeconds: z.number().positive(),
  segmentSeconds: z.number().positive(),
  maxFramesPerSecond: z.number().int().positive(),
  posterAtSeconds: z.number().nonnegative(),
  clipSeconds: z.number().positive(),
  spriteTileWidth: z.number().int().positive(),
  spriteEverySeconds: z.number().positive(),
  spriteMaxTiles: z.number().int().positive(),
  waveformPoints: z.number().int().positive(),
  /** Of the source, on either side. */
  maxSidePixels: z.number().int().positive(),
  maxSourceSeconds: z.number().int().positive(),
  /** The end of one run of the ffmpeg function, below its timeout. */
  encodeSeconds: z.number().int().positive(),
  /** The end of one job of MediaConvert, its waiting in the queue included. */
  managedEncodeSeconds: z.number().int().positive(),
  /** Disk that one run of the ffmpeg function may use. */
  encodeDiskBytes: z.number().int().positive(),
  /** Executions that encode at the same time. */
  encodersMax: z.number().int().positive(),
  /** For how long one waits before it asks for an encoder again. */
  admitWaitSeconds: z.number().int().positive(),
  /** The end of a whole execution, its waiting included. */
  workflowSeconds: z.number().int().positive(),
  /** Executions that are tried for one content. */
  maxAttempts: z.number().int().positive(),
  /** Minutes of output, of all rungs together, that a tenant has in a calendar month (UTC); a policy may say otherwise. */
  minutesPerMonth: z.object({
    basic: z.number().int().nonnegative(),
    premium: z.number().int().nonnegative(),
    enterprise: z.number().int().nonnegative(),
  }),
  /** For how long an entry to a stream lets in. */
  streamSeconds: z.number().int().positive(),
  /** For how long what a playlist lists can be loaded; at most what the signing credentials always have left. */
  streamUrlSeconds: z.number().int().positive().max(2_700),
});

export type VideoLimits = z.infer<typeof videoLimits>;

const GiB = 1024 ** 3;

export const defaultVideoLimits: VideoLimits = {
  rungBitsPerSecond: { '1080p': 5_000_000, '720p': 2_500_000, '480p': 1_000_000, '360p': 500_000 },
  audioBitsPerSecond: 128_000,
  // As Apple's authoring specification for HLS has them.
  keyFrameSeconds: 2,
  segmentSeconds: 6,
  maxFramesPerSecond: 60,
  posterAtSeconds: 1,
  clipSeconds: 10,
  spriteTileWidth: 160,
  spriteEverySeconds: 5,
  spriteMaxTiles: 500,
  waveformPoints: 1_800,
  maxSidePixels: 8_192,
  maxSourceSeconds: 12 * 3600,
  // The function has 900 s: what is left is for the last uploads.
  encodeSeconds: 840,
  // As long as the longest source: it works faster than the video plays, also on several outputs.
  managedEncodeSeconds: 12 * 3600,
  encodeDiskBytes: 8 * GiB,
  encodersMax: 10,
  // An execution has 25,000 events, of which a round of waiting is 10: a day of them has to fit.
  admitWaitSeconds: 60,
  workflowSeconds: 24 * 3600,
  maxAttempts: 3,
  minutesPerMonth: { basic: 0, premium: 3_000, enterprise: 100_000 },
  streamSeconds: 12 * 3600,
  streamUrlSeconds: 2_700,
};
