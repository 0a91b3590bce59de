import { type Box, fitted, longerSide, type Size, shorterSide } from './shown-size.ts';
import { type Rung, type RungName, rungNames } from './transcode-plan.ts';

/** Bits per second of each rung at most. */
export type RungCeilings = Readonly<Record<RungName, number>>;

const shorterSides: Readonly<Record<RungName, number>> = {
  '1080p': 1_080,
  '720p': 720,
  '480p': 480,
  '360p': 360,
};

/**
 * A source that is larger than a rung by less than this factor a side loses nothing that one sees by starting there; above
 * it, it keeps its own size.
 */
const keptBeyond = 1.1;

/**
 * The rungs of a video, best first. A rung is a box of 16:9, standing for portraits: 1080p of what is wider is 1,920 wide and
 * less than 1,080 high. A 1080p by height alone would make an ultra-wide one 2,560 x 1,080, which is more than H.264's
 * level 4.2 allows (8,704 macroblocks), the highest that Apple's authoring specification for HLS takes.
 *
 * A source between two rungs has its own size on top, under the name and the ceiling of the upper one: 1600x900 is
 * "1080p", then 720p. So has one that is smaller than every rung: it is "360p", and alone.
 */
export function ladderOf(shown: Size, ceilings: RungCeilings): readonly Rung[] {
  const first = rungNames.findIndex((name) => fills(shown, boxOf(shorterSides[name])));
  const reached = first === -1 ? [] : rungNames.slice(first);
  const above = first === -1 ? rungNames.at(-1) : rungNames[first - 1];
  const names = above && keepsItsSize(shown, reached[0]) ? [above, ...reached] : reached;
  return names.map((name) => ({
    name,
    ...fitted(shown, boxOf(shorterSides[name])),
    maxBitsPerSecond: ceilings[name],
  }));
}

/** 16:9, its longer side even: 854 for 480. */
export const boxOf = (shorter: number): Box => ({ longer: 2 * Math.ceil((shorter * 8) / 9), shorter });

const fills = (shown: Size, box: Box): boolean =>
  longerSide(shown) >= box.longer || shorterSide(shown) >= box.shorter;

/** Nothing is made that is larger. */
export const largestBox = boxOf(shorterSides['1080p']);
/** The last rung's, of every ladder. */
export const smallestBox = boxOf(shorterSides['360p']);

const keepsItsSize = (shown: Size, below: RungName | undefined): boolean =>
  below === undefined ||
  longerSide(shown) >= keptBeyond * longerSide(fitted(shown, boxOf(shorterSides[below])));
