import type { PixelCoding } from '../../../images/decode-cost.ts';
import { type Box, BoxReader, boxesIn, boxOf, fullBoxBytes, versionOf } from './iso-boxes.ts';

export interface HeifSequence {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly coding: PixelCoding;
  /** Where the first frame is in the file. */
  readonly firstAt: number | undefined;
}

/** What the `moov` box says of the tracks; undefined where none of them holds pictures. */
export function readSequence(movie: Uint8Array): HeifSequence | undefined {
  const tracks = boxesIn(movie)
    .filter(({ type }) => type === 'trak')
    .flatMap((track) => readTrack(track) ?? []);
  if (tracks.length === 0) return undefined;
  return {
    width: Math.max(...tracks.map(({ width }) => width)),
    height: Math.max(...tracks.map(({ height }) => height)),
    frames: Math.max(...tracks.map(({ frames }) => frames)),
    coding: tracks.some(({ isAv1 }) => isAv1)
      ? // The configuration of a track may change from sample to sample.
        { format: 'avif', deep: true }
      : { format: 'stored', pixelBytes: 4 },
    firstAt: tracks.find(({ isAv1 }) => isAv1)?.firstAt,
  };
}

function readTrack({ data }: Box) {
  const track = boxesIn(data);
  const media = boxesIn(boxOf(track, 'mdia')?.data ?? new Uint8Array());
  const samples = boxesIn(
    boxOf(boxesIn(boxOf(media, 'minf')?.data ?? new Uint8Array()), 'stbl')?.data ?? new Uint8Array(),
  );
  const sizes = boxOf(samples, 'stsz')?.data;
  const description = boxOf(samples, 'stsd')?.data;
  if (!sizes || !description) return undefined;
  const [entry] = boxesIn(description.subarray(fullBoxBytes + 4));
  const header = boxOf(track, 'tkhd')?.data;
  if (!entry || !header) return undefined;
  const [width, height] = trackSize(header);
  const sample = sampleSize(entry);
  return {
    width: Math.max(width, sample.width),
    height: Math.max(height, sample.height),
    frames: new BoxReader(sizes, fullBoxBytes + 4).uint(4),
    isAv1: entry.type === 'av01',
    firstAt: firstChunk(samples),
  };
}

function firstChunk(samples: readonly Box[]): number | undefined {
  const small = boxOf(samples, 'stco')?.data;
  const large = boxOf(samples, 'co64')?.data;
  const offsets = small ?? large;
  if (!offsets || new BoxReader(offsets, fullBoxBytes).uint(4) === 0) return undefined;
  return new BoxReader(offsets, fullBoxBytes + 4).uint(small ? 4 : 8);
}

/** The last two fields, in 65,536ths. */
function trackSize(header: Uint8Array): [width: number, height: number] {
  const at = versionOf(header) === 1 ? 88 : 76;
  const reader = new BoxReader(header, at);
  return [Math.floor(reader.uint(4) / 65_536), Math.floor(reader.uint(4) / 65_536)];
}

/** Of a visual sample entry. */
function sampleSize({ data }: Box): { width: number; height: number } {
  const reader = new BoxReader(data, 24);
  return { width: reader.uint(2), height: reader.uint(2) };
}
