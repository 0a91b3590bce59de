import { type Box, boxesIn } from './boxes.ts';
import { type Differences, differs, differsBy } from './differences.ts';
import { outputNames, type Segment, type StreamPackage, type StreamTrack } from './encoded.ts';
import type { EncodedObjects } from './encoded-objects.ts';
import type { TranscodePlan } from './transcode-plan.ts';

/** What a segment may begin with (ISO/IEC 23000-19): an index or messages may lie before its fragments. */
const segmentStarts = ['moof', 'styp', 'sidx', 'emsg', 'prft'];
/** What may lie between the initialization and the first segment: an index of the whole track. */
const indexBoxes = ['sidx', 'free'];
const maxBoxes = 8;

/** Segments of a track whose first bytes are looked at, the first and the last among them: a film has a thousand. */
const maxLookedAt = 32;

/** `ftyp` and `moov` of a track are some kilobytes. */
const maxInitBytes = 1024 * 1024;

/** Samples of a frame of AAC: sound ends at the end of one. */
export const aacFrameSamples = 1_024;

/** Playlists tell times in microseconds, which add up. */
const sameTimeSeconds = 0.000_1;

/** Where the adaptive stream is not what the plan says: its tracks, and their ranges by the objects' own bytes. */
export async function streamDifferences(
  objects: EncodedObjects,
  { tracks }: StreamPackage,
  plan: TranscodePlan,
  toleranceSeconds: number,
): Promise<Differences> {
  const rungs = plan.video?.rungs ?? [];
  const expected = [...rungs.map(({ name }) => name), ...(plan.audio ? ['audio'] : [])];
  const found = tracks.map(({ name }) => name);
  if (found.join() !== expected.join()) return differs('tracks of the stream', found.join(), expected.join());
  const pictures = tracks.filter(({ name }) => name !== 'audio');
  const longest = Math.max(...tracks.map((track) => playedSeconds(track, plan)));
  const each = await Promise.all(tracks.map((track) => trackDifferences(objects, track, plan)));
  return [
    ...each.flat(),
    ...alignmentDifferences(pictures),
    ...differsBy('the duration of the stream', longest, plan.duration, toleranceSeconds),
  ];
}

/** A track of sound begins with a frame by which AAC warms up, and ends with one that silence fills: neither is played. */
function playedSeconds({ name, segments }: StreamTrack, { duration, audio }: TranscodePlan): number {
  const seconds = startsOf(segments).at(-1) ?? 0;
  if (name !== 'audio' || !audio) return seconds;
  const unplayed = (2 * aacFrameSamples) / audio.sampleRate;
  return Math.max(Math.min(seconds, duration), seconds - unplayed);
}

async function trackDifferences(
  objects: EncodedObjects,
  track: StreamTrack,
  plan: TranscodePlan,
): Promise<Differences> {
  const name = outputNames.track(track.name);
  const size = await objects.size(name);
  if (size === undefined) return [`${name} is not there`];
  return [
    ...factDifferences(name, track, plan),
    ...(await rangeDifferences(objects, name, track, size)),
    ...(await segmentDifferences(objects, name, track.segments)),
  ];
}

function factDifferences(name: string, track: StreamTrack, { video, audio }: TranscodePlan): Differences {
  if (track.name === 'audio') {
    return [
      ...differs(`the codec of ${name}`, track.codec, 'mp4a.40.2'),
      ...differs(`the number of channels of ${name}`, track.channels, audio?.channels),
    ];
  }
  const rung = video?.rungs.find((each) => each.name === track.name);
  const { numerator = 0, denominator = 1 } = video?.frameRate ?? {};
  return [
    ...differs(`the codec of ${name}`, track.codec.split('.', 1)[0], 'avc1'),
    ...differs(`the size of ${name}`, `${track.width}x${track.height}`, `${rung?.width}x${rung?.height}`),
    ...differsBy(`the frame rate of ${name}`, track.frameRate ?? 0, numerator / denominator, 0.001),
  ];
}

/** The initialization, an index at most, and the segments one after the other are all that the object holds. */
async function rangeDifferences(
  objects: EncodedObjects,
  name: string,
  { init, segments }: StreamTrack,
  size: number,
): Promise<Differences> {
  const boxes = await boxesOf(objects, name, {
    offset: init.offset,
    bytes: Math.min(init.bytes, maxInitBytes),
  });
  const first = segments[0]?.offset ?? size;
  const initEnd = init.offset + init.bytes;
  const between = await boxesOf(objects, name, { offset: initEnd, bytes: Math.max(0, first - initEnd) });
  const isIndexed =
    between.every(({ type }) => indexBoxes.includes(type)) && endOf(between, initEnd) === first;
  const gaps = segments.flatMap(({ offset, bytes }, index) => {
    const next = segments[index + 1]?.offset ?? size;
    return differs(`the end of segment ${index + 1} of ${name}`, offset + bytes, next);
  });
  return [
    ...differs(`the beginning of ${name}`, init.offset, 0),
    ...differs(
      `the initialization of ${name}`,
      boxes
        .map(({ type }) => type)
        .slice(0, 2)
        .join(),
      'ftyp,moov',
    ),
    ...differs(`the end of the initialization of ${name}`, endOf(boxes, init.offset), initEnd),
    ...(isIndexed ? [] : differs(`the end of the initialization of ${name}`, initEnd, first)),
    ...gaps.slice(0, 1),
  ];
}

const boxesOf = (objects: EncodedObjects, name: string, range: { offset: number; bytes: number }) =>
  boxesIn((from, length) => objects.read(name, from, length), range, maxBoxes);

const endOf = (boxes: readonly Box[], start: number): number =>
  boxes.reduce((end, { bytes }) => end + bytes, start);

async function segmentDifferences(
  objects: EncodedObjects,
  name: string,
  segments: readonly Segment[],
): Promise<Differences> {
  const step = Math.max(1, Math.ceil(segments.length / (maxLookedAt - 1)));
  const numbers = segments.flatMap((_, index) =>
    index % step === 0 || index === segments.length - 1 ? [index] : [],
  );
  const looked = await Promise.all(
    numbers.map(async (index) => {
      const [box] = await boxesIn(
        (from, length) => objects.read(name, from, length),
        segments[index] as Segment,
        1,
      );
      return segmentStarts.includes(box?.type ?? '')
        ? []
        : [`segment ${index + 1} of ${name} begins with ${box?.type ?? 'no box'}`];
    }),
  );
  return looked.flat();
}

/** Where players change between qualities, segments begin at the same times. */
function alignmentDifferences([first, ...others]: readonly StreamTrack[]): Differences {
  if (!first) return [];
  const expected = startsOf(first.segments);
  return others.flatMap(({ name, segments }) => {
    const starts = startsOf(segments);
    const counted = differs(`the number of segments of ${name}`, segments.length, first.segments.length);
    if (counted.length > 0) return counted;
    const at = starts.findIndex((start, index) => Math.abs(start - (expected[index] ?? 0)) > sameTimeSeconds);
    return at < 0
      ? []
      : differsBy(
          `the time of segment ${at + 1} of ${name}`,
          starts[at] ?? 0,
          expected[at] ?? 0,
          sameTimeSeconds,
        );
  });
}

/** When each segment begins, and after the last one when it ends. */
function startsOf(segments: readonly Segment[]): readonly number[] {
  const starts = [0];
  let end = 0;
  for (const { duration } of segments) {
    end += duration;
    starts.push(end);
  }
  return starts;
}
