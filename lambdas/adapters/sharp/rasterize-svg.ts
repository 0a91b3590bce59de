import { createRequire } from 'node:module';
import type { Size } from '../../core/images/plan.ts';
import { ImageUnreadable } from '../../core/images/ports.ts';
import { childEntry } from '../child/child-code.ts';
import { type ChildEnd, type ChildLimits, runChild } from '../child/run-child.ts';
import { fontEnvironment } from './fonts.ts';
import { badDrawingStatus, type SvgSize, type SvgTask } from './svg-task.ts';

/** A drawing that a person made takes well under a second. */
export const svgDeadlineMs = 10_000;
/**
 * What the child may have, in the kernel's sense of data. A Node process with sharp in it has 620 MiB of that before it
 * draws, 70 MiB of them in memory: so a drawing has some 600 MiB, and worker and child together stay below 900 MiB.
 */
const maxDataKiB = 1_280 * 1024;
/** Should the parent be gone: the kernel ends who computes for so long. */
const maxCpuSeconds = 20;
const maxHeapMiB = 64;
/** Of the bitmap that is drawn: larger than the renditions only where a drawing is 72 times as large as they are. */
const maxBitmapPixels = 50_000_000;
const maxOutputBytes = 64 * 1024 * 1024;

export interface Drawn extends SvgSize {
  readonly png: Uint8Array;
}

/**
 * A drawing as a PNG that fits into `box`, made by librsvg in a process of its own that is killed at the deadline. The
 * child gets the bytes through a pipe and nothing of the environment but where the fonts are: no credentials, no addresses.
 * librsvg loads no file and no address from a document that has no place of its own. Throws ImageUnreadable.
 */
export async function rasterizeSvg(source: Uint8Array, box: Size, deadlineMs: number): Promise<Drawn> {
  const task: SvgTask = {
    ...box,
    maxPixels: maxBitmapPixels,
    sharpModule: createRequire(import.meta.url).resolve('sharp'),
  };
  const chunks: Buffer[] = [];
  const limits: ChildLimits = { deadlineMs, maxDataKiB, maxCpuSeconds, maxHeapMiB, maxOutputBytes };
  const node = [childEntry('svg.child', import.meta.url), JSON.stringify(task)];
  const end = await runChild(node, source, limits, (chunk) => chunks.push(chunk), fontEnvironment());
  if (end.exceeded || end.status !== 0) throw asUnreadableDrawing(end);
  const output = Buffer.concat(chunks);
  const lineEnd = output.indexOf('\n');
  const { width, height } = JSON.parse(output.subarray(0, lineEnd).toString()) as SvgSize;
  return { width, height, png: output.subarray(lineEnd + 1) };
}

/** What it understood and could not draw was too much for it. */
function reasonOf(words: string) {
  if (/pixel limit/i.test(words)) return 'pixels_exceeded';
  return /rendering (?:failed|error)|out of memory/i.test(words) ? 'too_complex' : 'malformed';
}

/** Killed by the deadline or by its limits: too complex. Anything else but its own word is the machinery's fault. */
function asUnreadableDrawing({ exceeded, status, words }: ChildEnd): Error {
  if (exceeded) {
    return new ImageUnreadable('too_complex', `drawing it took too long or too much memory. ${words}`);
  }
  if (status === badDrawingStatus) return new ImageUnreadable(reasonOf(words), words);
  return new Error(`the process that draws SVG failed: ${words}`);
}
