import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, FileRef, Media, Rendition } from '../files/file.ts';
import { type ImageProcessor, ImageUnreadable, type RenderedImage } from '../images/ports.ts';
import type { RenditionPreset } from '../images/presets.ts';
import type { FileStore } from '../ports.ts';
import { addSeconds } from '../time.ts';

export interface ProcessImageDeps {
  readonly store: FileStore;
  readonly library: { read(location: { key: string; versionId: string }): Promise<Uint8Array> };
  readonly derived: {
    /** Writes one rendition and answers with its key; the same rendition always has the same key. */
    put(file: FileRecord, rendition: RenderedImage['renditions'][number]): Promise<string>;
    deleteAll(keys: readonly string[]): Promise<void>;
  };
  readonly images: ImageProcessor;
  readonly presets: readonly RenditionPreset[];
  readonly maxPixels: number;
  /** Larger originals are not read into memory: their renditions are skipped. */
  readonly maxBytes: number;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

/** One version of a file's content. */
export interface VersionRef extends FileRef {
  readonly version: number;
}

export type ProcessOutcome = 'ready' | 'failed' | 'ignored';

/**
 * Makes all renditions of a stored image. Run twice, it writes the same bytes under the same keys and settles the
 * file once.
 */
export async function processImage(deps: ProcessImageDeps, ref: VersionRef): Promise<ProcessOutcome> {
  const file = await begin(deps, ref);
  if (!file?.libraryKey || !file.libraryVersionId) return 'ignored';
  if (file.size > deps.maxBytes) return settle(deps, file, { reason: 'too_large', status: 'skipped' });
  const source = await deps.library.read({ key: file.libraryKey, versionId: file.libraryVersionId });
  try {
    const { presets, maxPixels } = deps;
    const rendered = await deps.images.render(source, { mimeType: file.mimeType, presets, maxPixels });
    return await deliver(deps, file, rendered);
  } catch (error) {
    if (!(error instanceof ImageUnreadable)) throw error;
    const status = error.reason === 'malformed' ? 'failed' : 'skipped';
    return settle(deps, file, { reason: error.reason, status });
  }
}

/** After the last attempt: the original is safe, the renditions are not to be had. */
export const giveUpOnImage = (deps: ProcessImageDeps, ref: VersionRef): Promise<ProcessOutcome> =>
  deps.store
    .file(ref)
    .then((file) =>
      file?.version === ref.version
        ? settle(deps, file, { reason: 'processing_failed', status: 'failed' })
        : 'ignored',
    );

async function begin(
  deps: ProcessImageDeps,
  { tenantId, fileId, version }: VersionRef,
): Promise<FileRecord | undefined> {
  const ref = { tenantId, fileId };
  const current = await deps.store.file(ref);
  if (isBeingProcessed(current, version)) return current;
  return commitChange(deps.store, ref, (file) => {
    if (file?.status !== 'stored' || file.version !== version) return undefined;
    const at = deps.now();
    return move(file, 'processing', { at, eventId: deps.newId(), dueAt: addSeconds(at, deps.resendSeconds) });
  });
}

async function deliver(
  deps: ProcessImageDeps,
  file: FileRecord,
  rendered: RenderedImage,
): Promise<ProcessOutcome> {
  const createdAt = deps.now();
  const renditions = await Promise.all(
    rendered.renditions.map(async (made): Promise<Rendition> => {
      const { name, mimeType, width, height, body } = made;
      const key = await deps.derived.put(file, made);
      return { name, status: 'ready', mimeType, width, height, size: body.byteLength, key, createdAt };
    }),
  );
  const { width, height, format, frames, hasAlpha } = rendered.media;
  const media: Media = { width, height, format, hasAlpha, ...(frames !== undefined && { frames }) };
  const ready = await commitChange(deps.store, file, (current) =>
    isBeingProcessed(current, file.version)
      ? move(current, 'ready', {
          at: deps.now(),
          eventId: deps.newId(),
          set: { media, ...(rendered.exif && { exif: rendered.exif }), renditions: byName(renditions) },
          data: { seconds: (Date.parse(deps.now()) - Date.parse(file.updatedAt)) / 1000 },
        })
      : undefined,
  );
  if (ready) return 'ready';
  const current = await deps.store.file({ tenantId: file.tenantId, fileId: file.fileId });
  // Purged or withdrawn while we worked: whoever removed the bytes may have looked before these were written. Of a version
  // that was replaced meanwhile another run may have settled the same keys: they stay until the file goes.
  if (!current || current.status === 'purged' || isWithdrawn(current, file.version)) {
    await deps.derived.deleteAll(renditions.flatMap((rendition) => (rendition.key ? [rendition.key] : [])));
  }
  return 'ignored';
}

async function settle(
  deps: ProcessImageDeps,
  file: FileRecord,
  outcome: { status: 'failed' | 'skipped'; reason: string },
): Promise<ProcessOutcome> {
  const renditions = byName(deps.presets.map(({ name }) => ({ name, ...outcome })));
  const to = outcome.status === 'failed' ? 'failed' : 'ready';
  const settled = await commitChange(deps.store, file, (current) =>
    isBeingProcessed(current, file.version)
      ? move(current, to, {
          at: deps.now(),
          eventId: deps.newId(),
          set: { renditions, ...(to === 'failed' && { reason: outcome.reason }) },
        })
      : undefined,
  );
  return settled ? to : 'ignored';
}

const isBeingProcessed = (file: FileRecord | undefined, version: number): file is FileRecord =>
  file?.status === 'processing' && file.version === version;

const isWithdrawn = ({ withdrawals = [] }: FileRecord, version: number): boolean =>
  withdrawals.some((withdrawal) => withdrawal.version === version);

const byName = (renditions: readonly Rendition[]): Record<string, Rendition> =>
  Object.fromEntries(renditions.map((rendition) => [rendition.name, rendition]));
