import { parse, setOptions, type types } from 'hls-parser';
import { boxesOf, type Init, readInit, readSegment, type SegmentFacts } from './fragments.ts';
import { type HlsReader, httpReader } from './hls-reader.ts';

type MasterPlaylist = types.MasterPlaylist;
type Variant = types.Variant;

/** Of segments of a media playlist, one after the other. */
interface Track {
  readonly url: string;
  readonly init: Init;
  readonly segments: readonly TrackSegment[];
  readonly targetDuration: number;
}

interface TrackSegment extends Partial<SegmentFacts> {
  readonly bytes: number;
  /** As the playlist has it, in seconds. */
  readonly told: number;
}

/** Playlists tell microseconds, and frame rates in three decimals. */
const sameSeconds = 0.000_002;
const sameRate = 0.001;
/** AVERAGE-BANDWIDTH of what was measured: Apple's authoring specification, 1.31. */
const averageWithin = 0.1;
const requiredVersion = 7;
const segmentStarts = ['moof', 'styp', 'sidx', 'emsg', 'prft'];

/**
 * What is wrong with a stream, by RFC 8216 and Apple's authoring specification for HLS, checked against the bytes that it leads
 * to: every segment is fetched. Nothing, if the stream is right.
 */
export async function checkHls(
  masterUrl: string,
  reader: HlsReader = httpReader(),
): Promise<readonly string[]> {
  return new Checker(reader).check(masterUrl);
}

class Checker {
  readonly #problems: string[] = [];
  readonly #reader: HlsReader;
  readonly #sizes = new Map<string, Promise<number>>();

  constructor(reader: HlsReader) {
    this.#reader = reader;
  }

  async check(masterUrl: string): Promise<readonly string[]> {
    const text = await this.#reader.text(masterUrl);
    const master = this.#parsed(text, 'the master playlist');
    if (!master?.isMasterPlaylist) return [...this.#problems, 'the master playlist lists no variants'];
    this.#require(master.independentSegments, 'the master playlist has no EXT-X-INDEPENDENT-SEGMENTS');
    this.#require(
      (master.version ?? 1) >= requiredVersion,
      `the master playlist is of version ${master.version}`,
    );
    this.#require(master.variants.length > 0, 'the master playlist lists no variants');
    const sounds = await this.#sounds(master, masterUrl);
    const pictures: Track[] = [];
    for (const variant of master.variants) {
      const track = await this.#track(new URL(variant.uri, masterUrl).href, variant.uri);
      if (!track) continue;
      if (track.init.width !== undefined) pictures.push(track);
      this.#checkVariant(variant, track, sounds);
    }
    this.#checkAlignment(pictures);
    return this.#problems;
  }

  #require(holds: boolean, problem: string): void {
    if (!holds) this.#problems.push(problem);
  }

  #parsed(text: string, what: string): types.MasterPlaylist | types.MediaPlaylist | undefined {
    setOptions({ strictMode: true, silent: true });
    try {
      return parse(text);
    } catch (error) {
      this.#problems.push(`${what} cannot be parsed: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Renditions of sound by their playlist. */
  async #sounds({ variants }: MasterPlaylist, masterUrl: string): Promise<readonly Track[]> {
    const groups = variants.map(({ audio }) => audio.map(({ uri }) => uri).join());
    this.#require(
      new Set(groups).size <= 1,
      `variants have different sound: ${[...new Set(groups)].join(' and ')}`,
    );
    const renditions = variants[0]?.audio ?? [];
    this.#require(
      renditions.length === 0 || renditions.filter(({ isDefault }) => isDefault).length === 1,
      'not exactly one rendition of sound is the default one',
    );
    const tracks: Track[] = [];
    for (const { uri, channels } of renditions) {
      if (!uri) continue;
      const track = await this.#track(new URL(uri, masterUrl).href, uri);
      if (!track) continue;
      tracks.push(track);
      const found = track.init.channels;
      this.#require(
        channels === undefined || Number(channels) === found,
        `${uri} has ${found} channels and not ${channels}`,
      );
      this.#require(track.init.codec === 'mp4a', `${uri} is no sound`);
    }
    return tracks;
  }

  async #track(url: string, name: string): Promise<Track | undefined> {
    const playlist = this.#parsed(await this.#reader.text(url), name);
    if (!playlist) return undefined;
    if (playlist.isMasterPlaylist) {
      this.#problems.push(`${name} is no media playlist`);
      return undefined;
    }
    const { segments, targetDuration } = playlist as types.MediaPlaylist;
    const longest = Math.max(0, ...segments.map(({ duration }) => Math.round(duration)));
    this.#require(segments.length > 0, `${name} has no segments`);
    this.#require(playlist.endlist, `${name} has no EXT-X-ENDLIST`);
    this.#require(playlist.playlistType === 'VOD', `${name} is no VOD playlist`);
    this.#require((playlist.version ?? 1) >= requiredVersion, `${name} is of version ${playlist.version}`);
    this.#require(playlist.independentSegments, `${name} has no EXT-X-INDEPENDENT-SEGMENTS`);
    this.#require(
      targetDuration >= longest,
      `EXT-X-TARGETDURATION of ${name} is ${targetDuration}, below ${longest}`,
    );
    const init = await this.#init(segments[0]?.map, url, name);
    if (!init) return undefined;
    const read: TrackSegment[] = [];
    for (const [index, segment] of segments.entries()) {
      read.push(await this.#segment(segment, init, url, `segment ${index + 1} of ${name}`));
    }
    return { url: name, init, segments: read, targetDuration };
  }

  async #init(
    map: types.MediaInitializationSection | null | undefined,
    base: string,
    name: string,
  ): Promise<Init | undefined> {
    if (!map) {
      this.#problems.push(`${name} has no EXT-X-MAP`);
      return undefined;
    }
    const bytes = await this.#bytes(map, base, `the initialization of ${name}`);
    const init = readInit(bytes);
    if (!init) this.#problems.push(`the initialization of ${name} is no ftyp and moov of one track`);
    return init;
  }

  async #segment(segment: types.Segment, init: Init, base: string, name: string): Promise<TrackSegment> {
    const bytes = await this.#bytes(segment, base, name);
    const [first] = boxesOf(bytes);
    this.#require(
      segmentStarts.includes(first?.type ?? ''),
      `${name} begins with ${first?.type ?? 'no box'}`,
    );
    const facts = readSegment(bytes, init);
    if (facts) {
      const real = facts.duration / init.timescale;
      const frame = real / Math.max(1, facts.samples);
      this.#require(
        Math.abs(real - segment.duration) <= frame,
        `${name} lasts ${real.toFixed(3)} s and not ${segment.duration} s`,
      );
      this.#require(facts.isIndependent, `${name} does not begin with a key frame`);
    }
    return { bytes: bytes.length, told: segment.duration, ...facts };
  }

  /** What a range, or a whole object, holds. */
  async #bytes(
    { uri, byterange }: { uri: string; byterange?: types.Byterange },
    base: string,
    name: string,
  ): Promise<Buffer> {
    const url = new URL(uri, base).href;
    const size = await this.#size(url);
    const { offset, length } = byterange ?? { offset: 0, length: size };
    this.#require(
      offset >= 0 && offset + length <= size,
      `${name} ends at ${offset + length} of an object of ${size} bytes`,
    );
    return offset >= size
      ? Buffer.alloc(0)
      : this.#reader.range(url, offset, Math.min(length, size - offset));
  }

  #size(url: string): Promise<number> {
    const size = this.#sizes.get(url) ?? this.#reader.size(url);
    this.#sizes.set(url, size);
    return size;
  }

  #checkVariant(variant: Variant, track: Track, sounds: readonly Track[]): void {
    const { uri, bandwidth, averageBandwidth, resolution, frameRate } = variant;
    const { init } = track;
    const heard = [track, ...sounds];
    const peak = sum(heard.map(peakRate));
    const average = sum(heard.map(averageRate));
    this.#require(
      bandwidth >= Math.floor(peak),
      `BANDWIDTH of ${uri} is ${bandwidth}, below the peak ${Math.ceil(peak)}`,
    );
    this.#require(
      averageBandwidth !== undefined && Math.abs(averageBandwidth / average - 1) <= averageWithin,
      `AVERAGE-BANDWIDTH of ${uri} is ${averageBandwidth}, measured are ${Math.round(average)}`,
    );
    this.#checkCodecs(variant, heard);
    if (init.width === undefined) return;
    this.#require(
      resolution?.width === init.width && resolution?.height === init.height,
      `RESOLUTION of ${uri} is ${resolution?.width}x${resolution?.height}, its pictures have ${init.width}x${init.height}`,
    );
    const measured = rateOf(track);
    this.#require(
      frameRate !== undefined && (measured === undefined || Math.abs(frameRate - measured) <= sameRate),
      `FRAME-RATE of ${uri} is ${frameRate}, measured are ${measured?.toFixed(3)}`,
    );
  }

  #checkCodecs({ uri, codecs = '' }: Variant, tracks: readonly Track[]): void {
    const listed = codecs.split(',').map((codec) => codec.trim());
    for (const { init, url } of tracks) {
      const isListed = listed.some((codec) =>
        init.codec === 'mp4a' ? /^mp4a\.40\.\d+$/.test(codec) : codec.toLowerCase() === init.codec,
      );
      this.#require(isListed, `CODECS of ${uri} is "${codecs}", without the ${init.codec} of ${url}`);
    }
    const isTrue = listed.length === new Set(tracks.map(({ init }) => init.codec)).size;
    this.#require(isTrue, `CODECS of ${uri} is "${codecs}", more or less than what it is made of`);
  }

  /** The same segments, begun at the same times to the tick. */
  #checkAlignment([first, ...others]: readonly Track[]): void {
    if (!first) return;
    for (const track of others) {
      if (track.segments.length !== first.segments.length) {
        this.#problems.push(
          `${track.url} has ${track.segments.length} segments and ${first.url} ${first.segments.length}`,
        );
        continue;
      }
      track.segments.forEach((segment, index) => {
        const other = first.segments[index];
        const name = `segment ${index + 1} of ${track.url}`;
        const apart = Math.abs(segment.told - (other?.told ?? 0));
        this.#require(
          apart <= sameSeconds,
          `${name} lasts ${segment.told} s, in ${first.url} ${other?.told} s`,
        );
        const [own, its] = [secondsAt(track, segment), secondsAt(first, other)];
        this.#require(
          own === undefined || its === undefined || Math.abs(own - its) <= sameSeconds,
          `${name} begins at ${own} s, in ${first.url} at ${its} s`,
        );
      });
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const secondsAt = ({ init }: Track, segment: TrackSegment | undefined): number | undefined =>
  segment?.startsAt === undefined ? undefined : segment.startsAt / init.timescale;

function rateOf({ init, segments }: Track): number | undefined {
  const ticks = sum(segments.map(({ duration = 0 }) => duration));
  return ticks === 0 ? undefined : (sum(segments.map(({ samples = 0 }) => samples)) * init.timescale) / ticks;
}

const averageRate = ({ segments }: Track): number =>
  (8 * sum(segments.map(({ bytes }) => bytes))) / sum(segments.map(({ told }) => told));

/**
 * The highest rate of any run of segments that lasts from half to one and a half of the target duration (Apple's authoring
 * specification, 1.30); of a stream that is shorter than that, its whole.
 */
function peakRate(track: Track): number {
  const { segments, targetDuration } = track;
  let peak = 0;
  segments.forEach((_, from) => {
    let [bytes, seconds] = [0, 0];
    for (const segment of segments.slice(from)) {
      bytes += segment.bytes;
      seconds += segment.told;
      if (seconds > 1.5 * targetDuration) break;
      if (seconds >= 0.5 * targetDuration) peak = Math.max(peak, (8 * bytes) / seconds);
    }
  });
  return peak || averageRate(track);
}
