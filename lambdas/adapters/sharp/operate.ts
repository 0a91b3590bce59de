import { svgType } from '../../core/content/mime-types.ts';
import {
  type ImageOperator,
  ImageUnreadable,
  type OperatedImage,
  type OperateOptions,
  type OperationTask,
} from '../../core/images/ports.ts';
import type { OperationRecipe } from '../../core/images/recipes.ts';
import { mediaOf, pipelineSeconds } from './decoder.ts';
import { readExifSummary } from './exif.ts';
import { readHeader } from './header.ts';
import { loadSharp } from './load.ts';
import { type OperationContext, operateOnce, TooManyResults } from './operation.ts';
import { rasterizeSvg, svgDeadlineMs } from './rasterize-svg.ts';
import { asUnreadable } from './unreadable.ts';

/** A drawing has no pixels: an operation finds it drawn to fit this, or the larger side that it asks for. Pixels. */
const drawingSide = 2_048;

/** What one call has come to so far. */
interface Run {
  readonly options: OperateOptions;
  /** Of the file as it is stored. */
  readonly originalBytes: number;
  readonly secondsLeft: () => number;
  readonly drawingDeadlineMs: number;
  readonly made: OperatedImage['made'][number][];
  readonly unmade: OperatedImage['unmade'][number][];
}

type Seen = Pick<OperatedImage, 'media' | 'exif'>;

/** ImageOperator by sharp: one pipeline for each operation, one after the other. */
export const createImageOperator = (drawingDeadlineMs = svgDeadlineMs): ImageOperator => ({
  operate: async (source, options) => {
    const endsAt = performance.now() + options.budgetMs;
    const run: Run = {
      options,
      originalBytes: source.byteLength,
      secondsLeft: () => Math.floor((endsAt - performance.now()) / 1000),
      drawingDeadlineMs,
      made: [],
      unmade: [],
    };
    const isDrawing = options.mimeType === svgType;
    const seen = isDrawing
      ? await operateOnDrawing(run, source)
      : await operateOnPicture(run, source, options.tasks);
    return { ...seen, made: run.made, unmade: run.unmade };
  },
});

/** Drawn for each size that is asked for, so that a result does not depend on what else is asked for at the time. */
async function operateOnDrawing(run: Run, source: Uint8Array): Promise<Seen> {
  let seen: Seen | undefined;
  let failure: ImageUnreadable | undefined;
  for (const [side, tasks] of bySide(run.options.tasks)) {
    // The first in any case: it tells what the drawing is.
    if ((seen || failure) && run.secondsLeft() <= 0) {
      leave(run, tasks, 'too_slow');
      continue;
    }
    try {
      const { width, height, png } = await rasterizeSvg(
        source,
        { width: side, height: side },
        run.drawingDeadlineMs,
      );
      const { media, ...rest } = await operateOnPicture(run, png, tasks);
      seen = { ...rest, media: { ...media, format: 'svg', width, height } };
    } catch (error) {
      if (!(error instanceof ImageUnreadable)) throw error;
      failure ??= error;
      leave(run, tasks, error.reason);
    }
  }
  if (seen) return seen;
  throw failure;
}

/** Of no operation at all one drawing. */
const bySide = (tasks: readonly OperationTask[]): ReadonlyMap<number, readonly OperationTask[]> =>
  tasks.length > 0 ? Map.groupBy(tasks, ({ recipe }) => sideOf(recipe)) : new Map([[drawingSide, []]]);

function sideOf(recipe: OperationRecipe): number {
  if (recipe.type === 'thumbnail') return Math.max(drawingSide, recipe.size);
  return recipe.type === 'resize'
    ? Math.max(drawingSide, recipe.width ?? 0, recipe.height ?? 0)
    : drawingSide;
}

async function operateOnPicture(
  run: Run,
  source: Uint8Array,
  tasks: readonly OperationTask[],
): Promise<Seen> {
  const { options, originalBytes, drawingDeadlineMs, made, unmade } = run;
  const { maxPixels } = options;
  const sharp = loadSharp();
  const header = await readHeader(sharp, source, maxPixels);
  for (const task of tasks) {
    const seconds = Math.min(pipelineSeconds, run.secondsLeft());
    const keptBytes = made.reduce((sum, { body }) => sum + body.byteLength, 0);
    const context = { sharp, source, header, maxPixels, seconds, drawingDeadlineMs, keptBytes };
    const result = seconds > 0 ? await tryOne(context, task) : ({ reason: 'too_slow' } as const);
    if ('reason' in result) leave(run, [task], result.reason);
    else if (task.recipe.type === 'compress' && result.body.byteLength >= originalBytes) {
      unmade.push({ name: task.name, status: 'skipped', reason: 'not_smaller' });
    } else made.push({ ...result, bytesSaved: originalBytes - result.body.byteLength });
  }
  const exif = header.exif && readExifSummary(header.exif);
  return { media: mediaOf(header), ...(exif && { exif }) };
}

/** One picture's fault is no other operation's; what is the machinery's fault is tried again with the message. */
async function tryOne(context: OperationContext, task: OperationTask) {
  try {
    return await operateOnce(context, task);
  } catch (error) {
    if (error instanceof TooManyResults) return { reason: 'too_many' } as const;
    const cause = asUnreadable(error, context.source);
    if (cause instanceof ImageUnreadable) return { reason: cause.reason };
    if (isTimeout(cause)) return { reason: 'too_slow' } as const;
    throw cause;
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.message.startsWith('timeout:');

type Reason = OperatedImage['unmade'][number]['reason'];

/** What may do better another time has failed: it can be asked for again. */
const mayDoBetter: readonly Reason[] = ['malformed', 'too_slow', 'too_many'];

function leave({ unmade }: Run, tasks: readonly OperationTask[], reason: Reason): void {
  const status = mayDoBetter.includes(reason) ? 'failed' : 'skipped';
  unmade.push(...tasks.map(({ name }) => ({ name, status, reason }) as const));
}
