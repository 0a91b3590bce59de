import type { VideoTrack } from '../../core/video/probe.ts';
import type { VideoPlan } from '../../core/video/transcode-plan.ts';

/** Times of frames are fractions; half a millisecond is less than half a frame. */
const timeSlack = 0.000_5;
/** Lines from which on pictures that do not say so are taken for BT.709, as players do. */
const highDefinitionLines = 720;
/** What counts as 1 in linear light, in cd/m2: the white of BT.709. */
const whiteNits = 100;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * From the decoded pictures to all that is made of them: `[v0]` and on for the rungs, `[poster]`, `[tiles]`, `[clip]`.
 * The best rung is scaled from the source, each other one from the rung above it: a third of the scaling is saved.
 * They last for `seconds`, where these are sure: what ends before its sound shows its last frame until then.
 */
export function pictureGraph(plan: VideoPlan, track: VideoTrack, seconds: number | undefined): string {
  const { rungs, frameRate, poster, clip, sprites } = plan;
  const rate = `fps=fps=${frameRate.numerator}/${frameRate.denominator}:start_time=0`;
  const times = seconds === undefined ? rate : `${rate},tpad=stop=-1:stop_mode=clone,trim=end=${seconds}`;
  const scaledRungs = rungs.map((rung, index) => {
    const best = () =>
      [...evenFields(track), ...(plan.toneMap ? toneMapped(rung, track) : standard(rung, track)), times].join(
        ',',
      );
    const from = index === 0 ? `[0:V:0]${best()}` : `[s${index}]${scaled(rung)}`;
    const next = index === rungs.length - 1 ? ['t', 'c'] : [`s${index + 1}`];
    const outputs = [`v${index}`, ...(index === 0 ? ['p'] : []), ...next];
    return `${from},split=${outputs.length}${outputs.map((label) => `[${label}]`).join('')}`;
  });
  const tile = { width: sprites.tileWidth, height: sprites.tileHeight };
  return [
    ...scaledRungs,
    `[p]${posterFrames(poster.atSeconds)},${scaled(poster)},${asJpeg}[poster]`,
    `[t]${tileFrames(sprites)},${scaled(tile)}[tiles]`,
    // Of the last rung's size already.
    `[c]trim=end=${clip.seconds}[clip]`,
  ].join(';');
}

/**
 * Frames of both fields at once, where a frame says that it has two. The first filter of the graph is always one that takes
 * whatever size and format comes, and bwdif is none. Cameras that lie on their side have no fields, and are turned before.
 */
const evenFields = ({ interlaced, width, height, rotation }: VideoTrack): string[] =>
  interlaced && rotation % 180 === 0
    ? [`scale=${width}:${height}`, 'bwdif=mode=send_frame:deint=interlaced']
    : [];

const scaled = ({ width, height }: Size): string => `scale=${width}:${height}:flags=bicubic,setsar=1`;

const tagged = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** To BT.709 as it is broadcast, with square pixels. */
function standard({ width, height }: Size, { matrix, height: lines, width: columns }: VideoTrack): string[] {
  const isHighDefinition = Math.min(lines, columns) >= highDefinitionLines;
  // What does not say is BT.601 to ffmpeg.
  const from = matrix === undefined && isHighDefinition ? ':in_color_matrix=bt709' : '';
  return [
    `scale=${width}:${height}:flags=bicubic:out_color_matrix=bt709:out_range=tv${from}`,
    'setsar=1,format=yuv420p',
    tagged,
  ];
}

/** High dynamic range to BT.709, at the size of the best rung: it is done in floating point. */
function toneMapped({ width, height }: Size, { dynamicRange }: VideoTrack): string[] {
  const transfers = { hdr10: 'smpte2084', hlg: 'arib-std-b67' } as const;
  // Dolby Vision comes upon either; its frames say which.
  const from =
    dynamicRange === 'hdr10' || dynamicRange === 'hlg'
      ? `:tin=${transfers[dynamicRange]}:min=bt2020nc:pin=bt2020`
      : '';
  return [
    `zscale=w=${width}:h=${height}:t=linear:npl=${whiteNits}${from}`,
    'format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv,format=yuv420p,setsar=1',
    tagged,
  ];
}

/** The first frame, and then the one at its time, which is written over it: pictures may end before. */
const posterFrames = (at: number): string => {
  const from = Math.max(0, at - timeSlack);
  return `select='isnan(prev_selected_t)+lt(prev_selected_t\\,${from})*gte(t\\,${from})'`;
};

/** The first frame at or after each multiple of the distance. */
const tileFrames = ({ everySeconds, tiles }: VideoPlan['sprites']): string => {
  const interval = (time: string) => `floor((${time}+${timeSlack})/${everySeconds})`;
  return `select='(isnan(prev_t)+gt(${interval('t')}\\,${interval('prev_t')}))*lt(selected_n\\,${tiles})'`;
};

/** From BT.709, which not every file says of itself, to BT.601 in full range. */
export const asJpeg =
  'scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p';
