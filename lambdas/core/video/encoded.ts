import type { RungName } from './transcode-plan.ts';

/**
 * What an encoder leaves in the derived bucket, in the folder `videos` of the file's version. Names are fixed, so that a
 * second run writes over what a first one left.
 */
export const outputNames = {
  /** The progressive MP4 of a rung, with its sound: `moov` before `mdat`. */
  rung: (name: RungName): string => `${name}.mp4`,
  /** AAC in MP4, of a recording, which has no pictures. */
  audio: 'audio.m4a',
  poster: 'poster.jpg',
  clip: 'clip.mp4',
  /** One sheet, from 1. */
  sprite: (sheet: number): string => `sprite-${sheet}.jpg`,
  /** Version 2 of audiowaveform's JSON. */
  waveform: 'waveform.json',
  /** One CMAF track in one object, under the extensions of CMAF: fragmented MP4, its segments found by byte ranges. */
  track: (track: TrackName): string => `cmaf-${track}.${track === 'audio' ? 'cmfa' : 'cmfv'}`,
  /** `StreamPackage` as JSON: what playlists are written from. */
  stream: 'stream.json',
} as const;

/** Tracks of the adaptive stream: one of pictures a rung, and one of sound for all. */
export type TrackName = RungName | 'audio';

export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

export interface Segment extends ByteRange {
  /** Seconds. */
  readonly duration: number;
}

export interface StreamTrack {
  readonly name: TrackName;
  /** RFC 6381: `avc1.640028`, `mp4a.40.2`. */
  readonly codec: string;
  /** Of pictures alone. */
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  /** Of sound alone. */
  readonly channels?: number;
  /** Where `ftyp` and `moov` lie. */
  readonly init: ByteRange;
  readonly segments: readonly Segment[];
}

/** The adaptive stream as it lies in the bucket. Segments of all tracks of pictures begin at the same times. */
export interface StreamPackage {
  readonly tracks: readonly StreamTrack[];
  readonly sprites?: {
    readonly sheets: number;
    readonly everySeconds: number;
    readonly tileWidth: number;
    readonly tileHeight: number;
    readonly columns: number;
    readonly rows: number;
    readonly tiles: number;
  };
}

/** One object that an encoder made, as it was verified. */
export interface EncodedFile {
  /** One of `outputNames`. */
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
}
