import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputNames, type StreamPackage, type StreamTrack } from '../../core/video/encoded.ts';
import type { VideoPlan } from '../../core/video/transcode-plan.ts';
import type { RunFfmpeg } from './encoder.ts';
import type { Outputs } from './outputs.ts';
import { packageArguments, pictureTrack, soundTrack } from './package-tracks.ts';
import type { SoundPeaks } from './sound-peaks.ts';
import { sheetArguments, tilesName } from './sprite-sheets.ts';

const mp4 = 'video/mp4';
const jpeg = 'image/jpeg';

/**
 * Packages the rungs and puts everything into the target, the smallest first: the largest is packaged, and so on the disk
 * twice, when it is there alone.
 */
export async function putPictures(
  run: RunFfmpeg,
  outputs: Outputs,
  plan: VideoPlan,
  hasSound: boolean,
): Promise<void> {
  await run({ arguments: sheetArguments(plan) });
  await rm(join(outputs.directory, tilesName));
  await outputs.put(outputNames.poster, jpeg, sizeOf(plan.poster));
  const sheets = await putSheets(outputs, plan);
  await outputs.putMovie(outputNames.clip, mp4, sizeOf(plan.clip));
  const pictures: StreamTrack[] = [];
  let sound: StreamTrack | undefined;
  for (const rung of plan.rungs.toReversed()) {
    const withSound = hasSound && !sound;
    await run({ arguments: packageArguments(rung, plan, withSound) });
    await outputs.putMovie(outputNames.rung(rung.name), mp4, sizeOf(rung));
    pictures.unshift(await pictureTrack(outputs.directory, rung, plan));
    await outputs.put(outputNames.track(rung.name), mp4, sizeOf(rung));
    if (!withSound) continue;
    sound = await soundTrack(outputs.directory);
    await outputs.put(outputNames.track('audio'), 'audio/mp4');
  }
  const tracks = sound ? [...pictures, sound] : pictures;
  await outputs.putJson(outputNames.stream, streamOf(tracks, sheets, plan));
}

/** @returns how many there are: pictures may end before their sound, and then there are fewer than planned */
async function putSheets(outputs: Outputs, { sprites }: VideoPlan): Promise<number> {
  const { columns, rows, tileWidth, tileHeight } = sprites;
  const size = { width: columns * tileWidth, height: rows * tileHeight };
  let sheets = 0;
  while (await outputs.has(outputNames.sprite(sheets + 1))) {
    sheets += 1;
    await outputs.put(outputNames.sprite(sheets), jpeg, size);
  }
  return sheets;
}

function streamOf(tracks: readonly StreamTrack[], sheets: number, { sprites }: VideoPlan): StreamPackage {
  const tiles = Math.min(sprites.tiles, sheets * sprites.columns * sprites.rows);
  return { tracks, sprites: { ...sprites, sheets, tiles } };
}

const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  width,
  height,
});

/** What is made of a recording. */
export async function putRecording(outputs: Outputs, peaks: SoundPeaks | undefined): Promise<void> {
  await outputs.putMovie(outputNames.audio, 'audio/mp4');
  if (peaks) await outputs.putJson(outputNames.waveform, peaks.finish());
}
