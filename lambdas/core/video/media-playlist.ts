import type { ByteRange, Segment } from './encoded.ts';

export interface MediaPlaylist {
  /** The one object that its segments are ranges of, as the playlist names it. */
  readonly uri: string;
  readonly init: ByteRange;
  readonly segments: readonly Segment[];
}

/** Tags that change what a segment is; encoders of whole files have no use for them. */
const refusedTags = ['#EXT-X-KEY', '#EXT-X-DISCONTINUITY', '#EXT-X-GAP', '#EXT-X-PART', '#EXT-X-SKIP'];

/**
 * The complete media playlist of a track that lies in one object, as an encoder writes it (RFC 8216, 4.3.2): one
 * EXT-X-MAP, every segment an EXT-X-BYTERANGE of the same object. Tags that only tell more are passed over.
 * @throws Error for anything else, with the number of the line
 */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== '#EXTM3U') throw new Error('the media playlist does not begin with #EXTM3U');
  const reader = new MediaPlaylistReader();
  lines.forEach((line, index) => {
    try {
      reader.take(line.trim());
    } catch (error) {
      throw new Error(`line ${index + 1} of the media playlist: ${(error as Error).message}`);
    }
  });
  return reader.playlist();
}

class MediaPlaylistReader {
  readonly #segments: Segment[] = [];
  #map: { readonly uri: string; readonly init: ByteRange } | undefined;
  #duration: number | undefined;
  #range: ByteRange | undefined;
  #ended = false;

  take(line: string): void {
    if (line === '') return;
    if (this.#ended) throw new Error('something follows EXT-X-ENDLIST');
    if (line.startsWith('#')) this.#takeTag(line);
    else this.#takeSegment(line);
  }

  #takeTag(line: string): void {
    const [tag = '', ...rest] = line.split(':');
    const value = rest.join(':');
    if (tag === '#EXTINF') this.#duration = durationOf(value);
    else if (tag === '#EXT-X-BYTERANGE') this.#range = this.#rangeOf(value);
    else if (tag === '#EXT-X-MAP') this.#takeMap(value);
    else if (tag === '#EXT-X-ENDLIST') this.#ended = true;
    else if (refusedTags.includes(tag)) throw new Error(`${tag} is not expected`);
  }

  playlist(): MediaPlaylist {
    if (!this.#ended) throw new Error('the media playlist has no EXT-X-ENDLIST');
    if (!this.#map) throw new Error('the media playlist has no EXT-X-MAP');
    if (this.#segments.length === 0) throw new Error('the media playlist has no segments');
    if (this.#duration !== undefined || this.#range) throw new Error('the last segment has no URI');
    return { ...this.#map, segments: this.#segments };
  }

  #takeMap(value: string): void {
    if (this.#map) throw new Error('a second EXT-X-MAP');
    const uri = quoted(value, 'URI');
    const range = quoted(value, 'BYTERANGE');
    if (uri === undefined || range === undefined) throw new Error('EXT-X-MAP needs URI and BYTERANGE');
    const { bytes, offset = 0 } = byteRange(range);
    this.#map = { uri, init: { offset, bytes } };
  }

  /** Without an offset it begins where the segment before ends. */
  #rangeOf(value: string): ByteRange {
    const before = this.#segments.at(-1);
    const { bytes, offset = before && before.offset + before.bytes } = byteRange(value);
    if (offset === undefined) throw new Error('the first EXT-X-BYTERANGE has no offset');
    return { offset, bytes };
  }

  #takeSegment(uri: string): void {
    if (!this.#map) throw new Error('a segment before EXT-X-MAP');
    if (uri !== this.#map.uri) throw new Error(`${uri} is another object than ${this.#map.uri}`);
    if (this.#duration === undefined) throw new Error('a segment without EXTINF');
    if (!this.#range) throw new Error('a segment without EXT-X-BYTERANGE');
    this.#segments.push({ ...this.#range, duration: this.#duration });
    this.#duration = undefined;
    this.#range = undefined;
  }
}

function durationOf(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:,|$)/.exec(value);
  if (!match) throw new Error(`EXTINF has no duration: ${value}`);
  return Number(match[1]);
}

function byteRange(value: string): { readonly bytes: number; readonly offset?: number } {
  const match = /^(\d+)(?:@(\d+))?$/.exec(value);
  const bytes = Number(match?.[1]);
  if (!match || bytes === 0 || !Number.isSafeInteger(bytes + Number(match[2] ?? 0))) {
    throw new Error(`not a range of bytes: ${value}`);
  }
  return { bytes, ...(match[2] !== undefined && { offset: Number(match[2]) }) };
}

/** The value of an attribute that is a quoted string (4.2): it has no quotes inside. */
const quoted = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^|,)\\s*${name}="([^"]*)"`).exec(attributes)?.[1];
