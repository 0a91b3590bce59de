/** Names of the rungs of the ladder, which are the names of the renditions. */
export const rungNames = ['1080p', '720p', '480p', '360p'] as const;

export type RungName = (typeof rungNames)[number];

/** One quality of the ladder: H.264 in yuv420p. */
export interface Rung {
  readonly name: RungName;
  /** Pixels as they are shown: upright and square; both even. */
  readonly width: number;
  readonly height: number;
  /** A ceiling: what needs less gets less. */
  readonly maxBitsPerSecond: number;
}

/** An exact rate: 24,000 / 1,001 is no decimal number. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
}

export interface VideoPlan {
  /** Best first; at least one. */
  readonly rungs: readonly Rung[];
  /** Constant, also where the source's varies: segments of all rungs are cut at the same frames. */
  readonly frameRate: FrameRate;
  /** A key frame every so many frames, and nowhere else. */
  readonly keyFrameInterval: number;
  /** Seconds between key frames: `keyFrameInterval` at `frameRate`. */
  readonly keyFrameSeconds: number;
  /** Seconds of a segment of HLS: a whole number of key frame intervals. */
  readonly segmentSeconds: number;
  /** High dynamic range becomes BT.709. */
  readonly toneMap: boolean;
  readonly poster: { readonly atSeconds: number; readonly width: number; readonly height: number };
  /** A silent MP4 of the beginning, for hovering over, in the size of the last rung. */
  readonly clip: { readonly seconds: number; readonly width: number; readonly height: number };
  /** Sheets of small pictures for scrubbing; one tile every `everySeconds`. */
  readonly sprites: {
    readonly everySeconds: number;
    readonly tileWidth: number;
    readonly tileHeight: number;
    readonly columns: number;
    readonly rows: number;
    readonly tiles: number;
  };
}

export interface AudioPlan {
  readonly bitsPerSecond: number;
  readonly channels: 1 | 2;
  /** Hz. */
  readonly sampleRate: number;
}

/** What is made of one source, by whichever encoder. The same probe and bounds always give the same plan. */
export interface TranscodePlan {
  /** Seconds of the source. */
  readonly duration: number;
  readonly video?: VideoPlan;
  readonly audio?: AudioPlan;
  /** Peaks of a recording, which has no pictures: pairs of lowest and highest, this many. */
  readonly waveform?: { readonly points: number };
}
