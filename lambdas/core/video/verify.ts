import { budgetedSource } from '../content/structure/budgeted-source.ts';
import { boxesIn } from './boxes.ts';
import { type Differences, differs, differsBy, OutputsDiffer } from './differences.ts';
import { type EncodedFile, outputNames, type StreamPackage } from './encoded.ts';
import type { EncodedObjects } from './encoded-objects.ts';
import { downloadsOf } from './encoder-outputs.ts';
import { framesPerSecond } from './frame-rate.ts';
import { NotProbed, type Probe, type Prober } from './probe.ts';
import type { EncoderName } from './transcode.ts';
import type { TranscodePlan, VideoPlan } from './transcode-plan.ts';
import { aacFrameSamples, streamDifferences } from './verify-stream.ts';

export interface VerifyDeps {
  readonly prober: Prober;
  /** What one look at an output may cost, in requests and in bytes. */
  readonly bounds: { readonly maxReads: number; readonly maxReadBytes: number };
}

/** What was to be made, and of what. */
export interface Expected {
  readonly plan: TranscodePlan;
  readonly probe: Probe;
  readonly encoder: EncoderName;
}

interface Looked {
  readonly file?: EncodedFile;
  readonly differences: Differences;
}

/** Of an MP4: what it is to show and to sound like. */
interface ExpectedMovie {
  readonly width?: number;
  readonly height?: number;
  readonly sound: boolean;
  readonly duration: number;
}

/** Probes tell milliseconds. */
const roundingSeconds = 0.001;
/** Streams that nowhere say how long they are: what is told of them is estimated by their bytes, or counts what is cut off. */
const withoutDuration: readonly string[] = ['mp3', 'aac', 'amr', 'mpeg', 'mpegts', 'mpegvideo'];
/** `ftyp`, `moov`, `mdat` and what encoders put between them. */
const maxBoxes = 16;
const jpegStart = [0xff, 0xd8, 0xff];
/** A film of 12 hours in 5 tracks has 36,000 segments, of some 80 bytes each. */
const maxStreamBytes = 16 * 1024 * 1024;

/** Whether what a probe says of the duration may be wrong by half of it. */
export const isDurationEstimated = ({ container }: Pick<Probe, 'container'>): boolean =>
  withoutDuration.includes(container);

/**
 * Looks at every output that the plan asks of an encoder, and answers with all of them, measured.
 *
 * Durations are those of the movie as its edit lists have it: the samples that AAC begins with to warm up are not in it. They
 * may differ from the source's by a frame, of the source's pictures, the output's, or sound, whichever lasts longest; by half
 * where the source's is an estimate.
 * @throws OutputsDiffer
 */
export async function verifyOutputs(
  deps: VerifyDeps,
  objects: EncodedObjects,
  expected: Expected,
): Promise<readonly EncodedFile[]> {
  const looked: Looked[] = [];
  // One after the other: each probe is a process with memory of its own.
  for (const look of looksAt(deps, objects, expected)) looked.push(...(await look()));
  const differences = looked.flatMap((each) => each.differences);
  if (differences.length > 0) throw new OutputsDiffer(differences);
  return looked.flatMap(({ file }) => file ?? []);
}

function looksAt(
  deps: VerifyDeps,
  objects: EncodedObjects,
  expected: Expected,
): readonly (() => Promise<readonly Looked[]>)[] {
  const { plan, encoder } = expected;
  const { video, duration } = plan;
  const tolerance = toleranceSeconds(expected);
  const movie = (name: string, mimeType: string, wanted: ExpectedMovie) => async () => [
    await lookAtMovie(deps, objects, name, mimeType, wanted, tolerance),
  ];
  if (!video) {
    return [
      movie(outputNames.audio, 'audio/mp4', { sound: true, duration }),
      async () => [await lookAt(objects, outputNames.waveform, 'application/json')],
    ];
  }
  const { clip, poster } = video;
  return [
    async () => [await lookAtPicture(objects, outputNames.poster, poster)],
    movie(outputNames.clip, 'video/mp4', {
      ...sizeOf(clip),
      sound: false,
      duration: clip.seconds,
    }),
    ...downloadsOf(plan, encoder).map((rung) =>
      movie(outputNames.rung(rung.name), 'video/mp4', {
        ...sizeOf(rung),
        sound: plan.audio !== undefined,
        duration,
      }),
    ),
    () => lookAtStream(objects, expected, video, tolerance),
  ];
}

const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  width,
  height,
});

function toleranceSeconds({ plan: { duration, video, audio }, probe }: Expected): number {
  const frames = [
    video && 1 / framesPerSecond(video.frameRate),
    probe.video?.frameRate && 1 / probe.video.frameRate,
    audio && aacFrameSamples / audio.sampleRate,
    isDurationEstimated(probe) && duration / 2,
  ];
  return Math.max(...frames.map((seconds) => seconds || 0)) + roundingSeconds;
}

async function lookAt(objects: EncodedObjects, name: string, mimeType: string): Promise<Looked> {
  const bytes = await objects.size(name);
  return bytes
    ? { file: { name, mimeType, bytes }, differences: [] }
    : { differences: [`${name} is not there`] };
}

async function lookAtPicture(
  objects: EncodedObjects,
  name: string,
  size: { readonly width: number; readonly height: number },
): Promise<Looked> {
  const { file, differences } = await lookAt(objects, name, 'image/jpeg');
  if (!file) return { differences };
  const start = await objects.read(name, 0, jpegStart.length);
  return {
    file: { ...file, ...sizeOf(size) },
    differences: jpegStart.every((byte, at) => start[at] === byte) ? [] : [`${name} is no JPEG`],
  };
}

async function lookAtMovie(
  { prober, bounds }: VerifyDeps,
  objects: EncodedObjects,
  name: string,
  mimeType: string,
  expected: ExpectedMovie,
  tolerance: number,
): Promise<Looked> {
  const { file, differences } = await lookAt(objects, name, mimeType);
  if (!file) return { differences };
  const read = (from: number, length: number) => objects.read(name, from, length);
  const boxes = await boxesIn(read, { offset: 0, bytes: file.bytes }, maxBoxes);
  const types = boxes
    .map(({ type }) => type)
    .filter((type) => ['ftyp', 'moov', 'mdat'].includes(type))
    .filter((type, index, all) => type !== all[index - 1]);
  const end = boxes.reduce((sum, { bytes }) => sum + bytes, 0);
  const probed = await probedOf(prober.probe(budgetedSource(file.bytes, read, bounds)));
  if (typeof probed === 'string') return { differences: [`${name} cannot be read: ${probed}`] };
  const { video, audio, duration } = probed;
  const { width, height } = expected;
  return {
    file: { ...file, ...(width && height && { width, height }), duration },
    differences: [
      ...differs(`the order of boxes of ${name}`, types.join(), 'ftyp,moov,mdat'),
      ...differs(`the end of the last box of ${name}`, end, file.bytes),
      ...differs(`the codec of ${name}`, video?.codec, width && 'h264'),
      ...differs(`the size of ${name}`, `${video?.width}x${video?.height}`, `${width}x${height}`),
      ...differs(`the sound of ${name}`, audio?.codec, expected.sound ? 'aac' : undefined),
      ...differsBy(`the duration of ${name}`, duration, expected.duration, tolerance),
    ],
  };
}

/** What is wrong with an output is the encoder's fault, and nothing that a file could be refused for. */
const probedOf = (probing: Promise<Probe>): Promise<Probe | string> =>
  probing.catch((error) => {
    if (error instanceof NotProbed) return error.reason;
    throw error;
  });

async function lookAtStream(
  objects: EncodedObjects,
  { plan }: Expected,
  video: VideoPlan,
  tolerance: number,
): Promise<readonly Looked[]> {
  const looked = await lookAt(objects, outputNames.stream, 'application/json');
  if (!looked.file) return [looked];
  const json = await objects.read(outputNames.stream, 0, Math.min(looked.file.bytes, maxStreamBytes));
  const stream = JSON.parse(new TextDecoder().decode(json)) as StreamPackage;
  const { sheets = 0, tileWidth = 0, tileHeight = 0, columns = 0, rows = 0 } = stream.sprites ?? {};
  const sheetSize = { width: columns * tileWidth, height: rows * tileHeight };
  return [
    { ...looked, differences: await streamDifferences(objects, stream, plan, tolerance) },
    ...(await Promise.all(
      stream.tracks.map(async ({ name, width, height }) => {
        const mimeType = name === 'audio' ? 'audio/mp4' : 'video/mp4';
        const { file, differences } = await lookAt(objects, outputNames.track(name), mimeType);
        return { differences, ...(file && { file: { ...file, ...(width && height && { width, height }) } }) };
      }),
    )),
    ...(await Promise.all(
      Array.from({ length: sheets }, (_, sheet) =>
        lookAtPicture(objects, outputNames.sprite(sheet + 1), sheetSize),
      ),
    )),
    { differences: spriteDifferences(stream, video) },
  ];
}

/**
 * As far apart as planned, by a frame more or less, where the encoder makes any: MediaConvert counts those of the end in its
 * own way, and need not take them between frames.
 */
const spriteDifferences = (
  { sprites }: StreamPackage,
  { sprites: planned, frameRate }: VideoPlan,
): Differences =>
  sprites
    ? differsBy(
        'seconds between sprites',
        sprites.everySeconds,
        planned.everySeconds,
        1 / framesPerSecond(frameRate) + roundingSeconds,
      )
    : [];
