import type { FileRecord } from '../files/file.ts';
import { availableStatuses } from '../files/status.ts';
import {
  type ImageOperator,
  type ImageProcessor,
  ImageUnreadable,
  type OperatedImage,
  type OperationTask,
  type RenderedImage,
} from '../images/ports.ts';
import { presetsIn } from '../images/recipes.ts';
import type { FileStore } from '../ports.ts';
import { pictureFacts } from './picture-facts.ts';
import {
  type PendingRendition,
  type UnmadeRendition,
  Unprocessable,
  type Work,
  type WorkResult,
} from './work.ts';

export interface ImageWorkDeps {
  readonly store: Pick<FileStore, 'file'>;
  readonly library: { read(location: { key: string; versionId: string }): Promise<Uint8Array> };
  readonly images: ImageProcessor & ImageOperator;
  readonly maxPixels: number;
  /** Larger originals are not read into memory: their renditions are skipped. */
  readonly maxBytes: number;
  /** Likewise of an image that is put onto another one. */
  readonly watermarkMaxBytes: number;
  /** From the beginning of a run, presets included. What is left then of the operations is not made in this run. */
  readonly operationsBudgetMs: number;
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
}

/** Makes all renditions of a stored image: the presets by one decode, what was asked for one by one. */
export const imageWork =
  (deps: ImageWorkDeps): Work =>
  async (file, pending): Promise<WorkResult> => {
    if (file.size > deps.maxBytes) throw new Unprocessable('too_large', 'skipped');
    const endsAt = deps.monotonicMs() + deps.operationsBudgetMs;
    const source = await deps.library.read(locationOf(file));
    try {
      const rendered = await renderPresets(deps, file, source, pending);
      const operated = await operate(deps, file, source, pending, endsAt).catch((error: unknown) => {
        if (rendered && error instanceof ImageUnreadable) return noneOf(rendered, pending, error);
        throw error;
      });
      const picture = rendered ?? operated;
      const made = [...(rendered?.renditions ?? []), ...(operated?.made ?? [])];
      return {
        facts: picture ? pictureFacts(file, picture) : {},
        made: made.map((rendition) => ({ ...rendition, folder: 'thumbnails' as const })),
        unmade: operated?.unmade ?? [],
      };
    } catch (error) {
      if (!(error instanceof ImageUnreadable)) throw error;
      throw new Unprocessable(error.reason, statusOf(error), { cause: error });
    }
  };

const statusOf = ({ reason }: ImageUnreadable): 'failed' | 'skipped' =>
  reason === 'malformed' ? 'failed' : 'skipped';

async function renderPresets(
  { images, maxPixels }: ImageWorkDeps,
  { mimeType }: FileRecord,
  source: Uint8Array,
  pending: readonly PendingRendition[],
): Promise<RenderedImage | undefined> {
  const presets = presetsIn(pending);
  return presets.length > 0 ? images.render(source, { mimeType, presets, maxPixels }) : undefined;
}

type Operated = Omit<OperatedImage, 'unmade'> & { readonly unmade: readonly UnmadeRendition[] };

async function operate(
  deps: ImageWorkDeps,
  file: FileRecord,
  source: Uint8Array,
  pending: readonly PendingRendition[],
  endsAt: number,
): Promise<Operated | undefined> {
  const tasks: OperationTask[] = [];
  const unmade: UnmadeRendition[] = [];
  for (const { name, recipe } of pending) {
    if (recipe.type === 'preset') continue;
    if (recipe.type !== 'watermark' || 'text' in recipe.mark) {
      tasks.push({ name, recipe });
      continue;
    }
    const mark = await deps.store.file({ tenantId: file.tenantId, fileId: recipe.mark.fileId });
    if (mark && isUsable(deps, mark, recipe.mark.version)) {
      const body = await deps.library.read(locationOf(mark));
      tasks.push({ name, recipe, mark: { mimeType: mark.mimeType, body } });
    } else unmade.push({ name, status: 'failed', reason: 'watermark_missing' });
  }
  if (tasks.length === 0 && unmade.length === 0) return undefined;
  const operated = await deps.images.operate(source, {
    mimeType: file.mimeType,
    tasks,
    maxPixels: deps.maxPixels,
    budgetMs: endsAt - deps.monotonicMs(),
  });
  return { ...operated, unmade: [...unmade, ...operated.unmade] };
}

/** A picture of which there are presets, but no operation can be made: a drawing that is too much at the size it takes. */
const noneOf = (
  { media }: RenderedImage,
  pending: readonly PendingRendition[],
  error: ImageUnreadable,
): Operated => ({
  media,
  made: [],
  unmade: pending
    .filter(({ recipe }) => recipe.type !== 'preset')
    .map(({ name }) => ({ name, status: statusOf(error), reason: error.reason })),
});

/** What was withdrawn, deleted or replaced since it was asked for is put onto nothing. */
const isUsable = ({ watermarkMaxBytes }: ImageWorkDeps, mark: FileRecord, version: number): boolean =>
  mark.version === version && availableStatuses.includes(mark.status) && mark.size <= watermarkMaxBytes;

/** Of a file under processing, which has content. */
export function locationOf({ fileId, libraryKey, libraryVersionId }: FileRecord): {
  key: string;
  versionId: string;
} {
  if (!libraryKey || !libraryVersionId) throw new Error(`file ${fileId} has no content to process`);
  return { key: libraryKey, versionId: libraryVersionId };
}
