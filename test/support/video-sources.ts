import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brokenOff, damaged, recoded, rotated } from './video-damage.ts';

/** How a source is made: by ffmpeg, or of the bytes of another one. */
type Recipe =
  | { readonly file: string; readonly ffmpeg: readonly string[] }
  | { readonly file: string; readonly of: string; readonly change: (bytes: Buffer) => Buffer }
  | { readonly file: string; readonly joined: readonly string[] }
  | { readonly file: string; readonly bytes: Buffer };

/** A moving test picture; every option before `-t` is of the picture. */
const picture = (size: string, rate: string, seconds: number, filter = 'null'): string[] => [
  ...['-f', 'lavfi', '-t', `${seconds}`, '-i', `testsrc2=size=${size}:rate=${rate},${filter}`],
];
const tone = (seconds: number, channels = 'stereo'): string[] => [
  ...['-f', 'lavfi', '-t', `${seconds}`, '-i', `sine=440:r=48000,aformat=channel_layouts=${channels}`],
];
/** Six channels, each with a tone of its own. */
const surround = (seconds: number): string[] => {
  const tones = [300, 400, 500, 60, 700, 800].map((hertz) => `0.1*sin(${hertz}*2*PI*t)`).join('|');
  return ['-f', 'lavfi', '-t', `${seconds}`, '-i', `aevalsrc=${tones}:c=5.1:s=48000`];
};
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const aac = ['-c:a', 'aac', '-b:a', '96k'];
const faststart = ['-movflags', '+faststart'];

const recipes = {
  /** 1920x1080, 25 frames/s, 2.4 s, H.264 and AAC; `moov` lies behind everything else. */
  landscape: {
    file: 'landscape.mp4',
    ffmpeg: [...picture('1920x1080', '25', 2.4), ...tone(2.4), ...h264, ...aac],
  },
  /** 3840x2160, 25 frames/s, 1 s. */
  uhd: {
    file: 'uhd.mp4',
    ffmpeg: [...picture('3840x2160', '25', 1), ...tone(1), ...h264, ...aac, ...faststart],
  },
  /** As phones write it: 1280x720 lying on its side, to be turned by 90 degrees clockwise; 1 s. */
  portrait: { file: 'portrait.mov', of: 'sideways', change: (bytes: Buffer) => rotated(bytes) },
  sideways: { file: 'sideways.mov', ffmpeg: [...picture('1280x720', '30', 1), ...tone(1), ...h264, ...aac] },
  /** 24,000/1,001 frames/s, 640x360, 2 s. */
  film: { file: 'film.mp4', ffmpeg: [...picture('640x360', '24000/1001', 2), ...tone(2), ...h264, ...aac] },
  /** 640x360: 20 frames at 30 a second, then 14 at 10 a second: 2 s. */
  variable: {
    file: 'variable.mp4',
    ffmpeg: [
      ...picture('640x360', '30', 2, 'setpts=if(lt(N\\,20)\\,N/30\\,20/30+(N-20)/10)/TB'),
      ...['-fps_mode', 'vfr', ...h264, '-video_track_timescale', '90000'],
    ],
  },
  /** 640x360, 1.2 s, no sound. */
  silent: { file: 'silent.mp4', ffmpeg: [...picture('640x360', '25', 1.2), ...h264, ...faststart] },
  /** 640x360, 1.2 s, AAC in 5.1. */
  surround: {
    file: 'surround.mp4',
    ffmpeg: [...picture('640x360', '25', 1.2), ...surround(1.2), ...h264, ...aac],
  },
  /** 640x360, 0.4 s. */
  short: { file: 'short.mp4', ffmpeg: [...picture('640x360', '25', 0.4), ...tone(0.4), ...h264, ...aac] },
  /** 720x576 pixels of 64:45, shown as 1024x576; 1 s. */
  anamorphic: {
    file: 'anamorphic.mp4',
    ffmpeg: [...picture('720x576', '25', 1, 'setsar=64/45'), ...tone(1), ...h264, ...aac],
  },
  /** 427x239: no side is even; H.264 in 4:4:4; 1 s. */
  odd: {
    file: 'odd.mkv',
    ffmpeg: [
      ...picture('428x240', '25', 1, 'format=yuv444p,crop=427:239:exact=1'),
      ...tone(1),
      ...h264,
      '-pix_fmt',
      'yuv444p',
      ...aac,
    ],
  },
  /** 640x360 and 1 s, like all that follow: H.264 and PCM. */
  mov: {
    file: 'mov.mov',
    ffmpeg: [...picture('640x360', '25', 1), ...tone(1), ...h264, '-c:a', 'pcm_s16le'],
  },
  /** H.264 and AC-3. */
  mkv: { file: 'mkv.mkv', ffmpeg: [...picture('640x360', '25', 1), ...tone(1), ...h264, '-c:a', 'ac3'] },
  /** VP9 and Opus. */
  webm: {
    file: 'webm.webm',
    ffmpeg: [
      ...[...picture('640x360', '25', 1), ...tone(1)],
      ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-c:a', 'libopus'],
    ],
  },
  /** MPEG-4 part 2 and MP3. */
  avi: {
    file: 'avi.avi',
    ffmpeg: [...picture('640x360', '25', 1), ...tone(1), '-c:v', 'mpeg4', '-q:v', '4', '-c:a', 'libmp3lame'],
  },
  /** HEVC of 10 bits in BT.2020 with PQ and what HDR10 says of its mastering; 640x360, 1 s. */
  hdr10: {
    file: 'hdr10.mp4',
    ffmpeg: [
      ...picture('640x360', '25', 1, 'format=yuv420p10le'),
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-x265-params', hdr10()],
      ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
    ],
  },
  /** As camcorders record: 50 fields a second, the upper ones first, of 640x480; H.264 and AC-3 in MPEG-2 TS, 2 s. */
  interlaced: {
    file: 'interlaced.mts',
    ffmpeg: [
      ...[...picture('640x480', '50', 2, 'scroll=horizontal=0.01,interlace'), ...tone(2)],
      ...[...h264, '-flags', '+ilme+ildct', '-x264opts', 'tff=1:force-cfr=1', '-c:a', 'ac3', '-f', 'mpegts'],
    ],
  },
  /** As calls are recorded: 640x360 for 1 s, then 320x180 for another; MPEG-2 TS. */
  resized: { file: 'resized.ts', joined: ['wide', 'narrow'] },
  wide: { file: 'wide.ts', ffmpeg: [...picture('640x360', '25', 1), ...h264, '-bf', '0'] },
  narrow: {
    file: 'narrow.ts',
    ffmpeg: [...picture('320x180', '25', 1), ...h264, '-bf', '0', '-output_ts_offset', '1'],
  },
  /** 640x480, 6.4 s: red for 4 s, then blue. Two segments, and two small pictures for scrubbing. */
  twoScenes: {
    file: 'two-scenes.mp4',
    ffmpeg: [
      ...['-f', 'lavfi', '-i', 'color=red:size=640x480:rate=25:duration=4,format=yuv420p'],
      ...['-f', 'lavfi', '-i', 'color=blue:size=640x480:rate=25:duration=2.4,format=yuv420p'],
      ...[...tone(6.4), '-filter_complex', '[0][1]concat=n=2[pictures]', '-map', '[pictures]', '-map', '2:a'],
      ...[...h264, ...aac],
    ],
  },
  /** Names as cameras give them. */
  upperMp4: { file: 'CLIP0001.MP4', of: 'short', change: (bytes: Buffer) => bytes },
  upperMov: { file: 'IMG_0001.MOV', of: 'mov', change: (bytes: Buffer) => bytes },

  /** What `moov` holds is noise: nobody can tell what the file is made of. */
  corruptMp4: { file: 'corrupt.mp4', of: 'short', change: (bytes: Buffer) => damaged(bytes, 'moov') },
  /** The same for Matroska: the EBML header and what follows it. */
  corruptMkv: { file: 'corrupt.mkv', of: 'mkv', change: (bytes: Buffer) => damaged(bytes) },
  /** It breaks off before its `moov`. */
  truncatedMp4: { file: 'truncated.mp4', of: 'landscape', change: (bytes: Buffer) => brokenOff(bytes, 0.8) },
  /** It breaks off behind its `moov`: it says that it is whole, and half of it can be decoded. */
  halfMp4: { file: 'half.mp4', of: 'silent', change: (bytes: Buffer) => brokenOff(bytes, 0.5) },
  halfMkv: { file: 'half.mkv', of: 'mkv', change: (bytes: Buffer) => brokenOff(bytes, 0.5) },
  /** Blackmagic RAW by its sample entry: nobody but its maker decodes it. */
  unsupported: {
    file: 'unsupported.mov',
    of: 'mov',
    change: (bytes: Buffer) => recoded(bytes, 'avc1', 'brst'),
  },
  /** Words with a name of a video. */
  text: { file: 'text.mp4', bytes: Buffer.from('No pictures and no sound are in here.\n'.repeat(200)) },

  /** Recordings without pictures: 2 s. */
  mp3: { file: 'mp3.mp3', ffmpeg: [...tone(2), '-c:a', 'libmp3lame', '-b:a', '128k'] },
  wav: { file: 'wav.wav', ffmpeg: tone(2) },
  flac: { file: 'flac.flac', ffmpeg: tone(2) },
  m4a: { file: 'm4a.m4a', ffmpeg: [...tone(2), ...aac] },
} as const satisfies Record<string, Recipe>;

export type VideoSource = keyof typeof recipes;

const cache = resolve(import.meta.dirname, '../../dist/video-sources');

/**
 * Where this source lies. It is made once, by the ffmpeg of the PATH, and made anew when a recipe changes. Test files that
 * make the same one at the same time both do, and the last one stays.
 */
export function videoSource(name: VideoSource): string {
  const recipe: Recipe = recipes[name];
  const directory = join(cache, recipesHash());
  const path = join(directory, recipe.file);
  if (existsSync(path)) return path;
  mkdirSync(directory, { recursive: true });
  const unfinished = mkdtempSync(join(directory, 'making-'));
  try {
    make(recipe, join(unfinished, recipe.file));
    renameSync(join(unfinished, recipe.file), path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}

function make(recipe: Recipe, path: string): void {
  if ('bytes' in recipe) writeFileSync(path, recipe.bytes);
  else if ('joined' in recipe)
    writeFileSync(path, Buffer.concat(recipe.joined.map((name) => sourceBytes(name as VideoSource))));
  else if ('of' in recipe) writeFileSync(path, recipe.change(sourceBytes(recipe.of as VideoSource)));
  // Bit-exact: the same bytes, and so the same ids of their content, at each run.
  else
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...recipe.ffmpeg, '-fflags', '+bitexact', path], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
}

const sourceBytes = (name: VideoSource): Buffer => readFileSync(videoSource(name));

const recipesHash = (): string => {
  const hash = createHash('sha256');
  for (const file of [import.meta.filename, join(import.meta.dirname, 'video-damage.ts')])
    hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
};

/** Primaries in units of 0.00002, luminance in units of 0.0001 cd/m2 (SMPTE ST 2086): P3 up to 1,000 cd/m2. */
function hdr10(): string {
  const mastering = 'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)';
  return [
    ...['hdr10=1', 'repeat-headers=1', 'colorprim=bt2020', 'transfer=smpte2084', 'colormatrix=bt2020nc'],
    ...[`master-display=${mastering}`, 'max-cll=1000,400', 'log-level=error'],
  ].join(':');
}
