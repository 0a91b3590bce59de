import { boxOf } from './ladder.ts';
import { fitted, type Size } from './shown-size.ts';
import type { VideoPlan } from './transcode-plan.ts';

export interface SpriteBounds {
  readonly spriteTileWidth: number;
  readonly spriteEverySeconds: number;
  readonly spriteMaxTiles: number;
}

/** Of a sheet, in either direction. */
const maxTilesAside = 10;
/** Of a sheet: what every browser decodes and keeps on its graphics card. Only sheets of very long tiles come near it. */
const maxSheetSidePixels = 4_096;
/** The end gets no tile of its own where it is shorter: there may be no frame left in it. */
const ownTileSeconds = 0.5;

/** Small pictures for scrubbing, the first at 0 s. Where there would be too many, they lie further apart, by whole seconds. */
export function spritesOf(shown: Size, duration: number, bounds: SpriteBounds): VideoPlan['sprites'] {
  const everySeconds = Math.max(bounds.spriteEverySeconds, Math.ceil(duration / bounds.spriteMaxTiles));
  const tiles = Math.max(1, Math.ceil((duration - ownTileSeconds) / everySeconds));
  const { width: tileWidth, height: tileHeight } = fitted(shown, tileBox(shown, bounds.spriteTileWidth));
  const columns = Math.min(tiles, aside(tileWidth));
  return {
    ...{ everySeconds, tileWidth, tileHeight, columns },
    rows: Math.min(Math.ceil(tiles / columns), aside(tileHeight)),
    tiles,
  };
}

/** As wide as a tile, upright and lying. */
const tileBox = ({ width, height }: Size, tileWidth: number) =>
  height > width ? boxOf(tileWidth) : { longer: tileWidth, shorter: tileWidth };

const aside = (pixels: number): number =>
  Math.min(maxTilesAside, Math.max(1, Math.floor(maxSheetSidePixels / pixels)));
