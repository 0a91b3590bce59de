import type { VideoPlan } from '../../core/video/transcode-plan.ts';
import { asJpeg } from './picture-graph.ts';

/**
 * The tiles of all sheets, before they are laid out. ffmpeg tells no progress before every output has its first picture, and
 * that of a sheet would only be there with its last tile.
 */
export const tilesName = 'tiles.nut';
export const tileCodec = ['-c:v', 'ffv1', '-fps_mode', 'passthrough', '-threads', '1', '-f', 'nut'] as const;

/** Of MJPEG, 2 to 31: small pictures by the hundred. */
const sheetQuality = 5;

export const jpeg = (quality: number): string[] => [
  ...['-c:v', 'mjpeg', '-q:v', `${quality}`, '-fps_mode', 'passthrough', '-threads', '1', '-f', 'image2'],
];

export const sheetArguments = (plan: VideoPlan): readonly string[] => [
  ...['-protocol_whitelist', 'file', '-i', tilesName],
  ...['-vf', `${asJpeg},tile=${plan.sprites.columns}x${plan.sprites.rows}`],
  ...[...jpeg(sheetQuality), 'sprite-%d.jpg'],
];
