import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputNames, type StreamTrack, type TrackName } from '../../core/video/encoded.ts';
import { type MediaPlaylist, parseMediaPlaylist } from '../../core/video/media-playlist.ts';
import type { Rung, VideoPlan } from '../../core/video/transcode-plan.ts';
import { avcCodec, soundCodec } from './mp4.ts';
import { readStart } from './outputs.ts';

/**
 * One CMAF track in one file, with its times as they are in the MP4: the pictures would otherwise begin later than the sound
 * by what B-frames put off. The media playlist that comes with it says where its segments lie.
 */
const trackOutput = (stream: 'v' | 'a', track: TrackName, segmentSeconds: number): string[] => [
  ...['-map', `0:${stream}:0`, '-c', 'copy', '-avoid_negative_ts', 'disabled', '-f', 'hls'],
  ...['-hls_time', shortly(segmentSeconds), '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
  ...['-hls_flags', 'single_file', '-hls_segment_filename', outputNames.track(track)],
  '-hls_segment_options',
  'movflags=+default_base_moof+skip_sidx:brand=cmfc:avoid_negative_ts=disabled',
  playlistName(track),
];

/** ffmpeg cuts at the first key frame at or after each multiple of it: rounded up, it would come to miss one. */
const shortly = (seconds: number): string => (Math.floor(seconds * 1_000_000 - 1) / 1_000_000).toFixed(6);

const playlistName = (track: TrackName): string => `${track}.m3u8`;

/** Packages the MP4 of a rung once more without encoding it; with its sound too where `withSound`. */
export const packageArguments = (rung: Rung, plan: VideoPlan, withSound: boolean): readonly string[] => [
  // Of `pipe:`, ffmpeg's own, nothing is opened.
  ...['-protocol_whitelist', 'file,pipe', '-i', outputNames.rung(rung.name)],
  ...trackOutput('v', rung.name, plan.segmentSeconds),
  ...(withSound ? trackOutput('a', 'audio', plan.segmentSeconds) : []),
];

export async function pictureTrack(directory: string, rung: Rung, plan: VideoPlan): Promise<StreamTrack> {
  const { numerator, denominator } = plan.frameRate;
  const { init, segments, start } = await readTrack(directory, rung.name);
  return {
    name: rung.name,
    codec: avcCodec(start),
    width: rung.width,
    height: rung.height,
    frameRate: numerator / denominator,
    ...{ init, segments },
  };
}

export async function soundTrack(directory: string): Promise<StreamTrack> {
  const { init, segments, start } = await readTrack(directory, 'audio');
  return { name: 'audio', ...soundCodec(start), init, segments };
}

async function readTrack(directory: string, track: TrackName): Promise<MediaPlaylist & { start: Buffer }> {
  const playlist = join(directory, playlistName(track));
  const parsed = parseMediaPlaylist(await readFile(playlist, 'utf8'));
  await rm(playlist);
  const start = await readStart(join(directory, outputNames.track(track)), parsed.init.bytes);
  return { ...parsed, start };
}
