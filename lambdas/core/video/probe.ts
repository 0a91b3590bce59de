import type { ByteSource } from '../content/structure/structure.ts';

/** How bright and colourful the picture may be; everything but `sdr` is mapped to it. */
export type DynamicRange = 'sdr' | 'hdr10' | 'hlg' | 'dolby-vision';

export interface VideoTrack {
  /** As FFmpeg names it: `h264`, `hevc`, `vp9`, `av1`, `prores`. */
  readonly codec: string;
  /** Pixels as they are coded: before the rotation, and before pixels that are not square are stretched. */
  readonly width: number;
  readonly height: number;
  /** Width of a pixel by its height; 1 where it is square. */
  readonly pixelAspect: number;
  /** Degrees clockwise by which a player turns it. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Frames per second, the average where it varies; absent where the file does not say. */
  readonly frameRate?: number;
  readonly variableFrameRate: boolean;
  /** A frame is two fields, of every second line each, that were taken one after the other. */
  readonly interlaced: boolean;
  readonly bitsPerSecond?: number;
  readonly bitDepth: number;
  readonly dynamicRange: DynamicRange;
  /** What its colour differences are made with; absent where the file does not say. */
  readonly matrix?: 'bt601' | 'bt709' | 'bt2020';
}

export interface AudioTrack {
  /** As FFmpeg names it: `aac`, `mp3`, `opus`, `ac3`. */
  readonly codec: string;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly bitsPerSecond?: number;
}

/** What a source, a video or recording, is made of, as far as a plan needs it. Of several tracks of a kind the first. */
export interface Probe {
  /** Of the container: `mp4`, `mov`, `matroska`, `webm`, `avi`. */
  readonly container: string;
  /** Seconds. */
  readonly duration: number;
  readonly video?: VideoTrack;
  readonly audio?: AudioTrack;
}

export interface Prober {
  /** @throws NotProbed when the fault is the source's; what `source` throws as it is */
  probe(source: ByteSource): Promise<Probe>;
}

/** Why nothing can be made of a source, as the file's `reason` tells it. */
export type RefusalReason =
  /** No pictures and no sound in it, whatever its name says. */
  | 'not_a_video'
  /** It breaks off, or its header cannot be read. */
  | 'malformed'
  /** The encoder has no decoder for it. */
  | 'unsupported_codec'
  /** Sides, frame rate or duration beyond the limits. */
  | 'too_large'
  /** The encoder of this stage would not end within its time. */
  | 'too_long'
  /** The tenant has no transcode minutes left this month. */
  | 'budget_exceeded';

export class NotProbed extends Error {
  override readonly name = 'NotProbed';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
