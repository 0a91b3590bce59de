import type { ByteSource } from '../content/structure/structure.ts';

/** What a recording says about itself. Nobody vouches for its words; every one of them is bounded. */
export interface AudioTags {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly genre?: string;
  readonly year?: number;
  /** Of the album. */
  readonly track?: number;
}

/** How it is recorded. */
export interface AudioFormat {
  readonly container?: string;
  readonly codec?: string;
  /** Bits per second. */
  readonly bitrate?: number;
  /** Hz. */
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly lossless?: boolean;
}

export interface AudioContent {
  readonly tags: AudioTags;
  readonly format: AudioFormat;
  /** Seconds. */
  readonly duration?: number;
  /** The embedded cover, as it lies there: what it is, nobody has looked at. */
  readonly cover?: Uint8Array;
}

export interface AudioReader {
  /** @throws AudioUnreadable when the fault is the recording's, or it takes too long; what `source` throws as it is */
  read(source: ByteSource, mimeType: string): Promise<AudioContent>;
}

export class AudioUnreadable extends Error {
  override readonly name = 'AudioUnreadable';
}
