import { categoryOfDocument } from '../content/category.ts';
import type { Details, Media } from '../files/content-facts.ts';
import type { FileRecord } from '../files/file.ts';
import { type ImageProcessor, ImageUnreadable } from '../images/ports.ts';
import type { RenditionPreset } from '../images/presets.ts';
import { presetsIn } from '../images/recipes.ts';
import { locationOf } from '../processing/process-image.ts';
import {
  type MadeRendition,
  type PendingRendition,
  type UnmadeRendition,
  Unprocessable,
  type Work,
  type WorkResult,
} from '../processing/work.ts';
import {
  type DocumentContent,
  type DocumentReader,
  DocumentUnreadable,
  type PagePreview,
  type ReadBounds,
} from './ports.ts';
import { securityReport } from './security.ts';

export interface DocumentWorkDeps {
  readonly library: { read(location: { key: string; versionId: string }): Promise<Uint8Array> };
  /** Undefined: nobody here reads such a type. */
  readonly readerFor: (mimeType: string) => DocumentReader | undefined;
  readonly images: ImageProcessor;
  readonly bounds: ReadBounds;
  /** Larger documents are not read into memory: their renditions are skipped. */
  readonly maxBytes: number;
}

/** JPEG quality of a page: text stays sharp at it. */
const pageQuality = 80;

/**
 * Reads a document once: its text, what it says about itself, its first pages as pictures. The tenant's presets are made
 * of the first page. A page that fails takes down nothing but itself.
 */
export const documentWork =
  (deps: DocumentWorkDeps): Work<WorkResult> =>
  async (file, pending) => {
    const reader = deps.readerFor(file.mimeType);
    if (!reader) throw new Unprocessable('unsupported', 'skipped');
    if (file.size > deps.maxBytes) throw new Unprocessable('too_large', 'skipped');
    const source = await deps.library.read(locationOf(file));
    const content = await contentOf(reader, source, file, deps.bounds);
    if (content === 'encrypted') {
      const security = {
        ...securityReport({ encrypted: true }, file.findings),
        passwordRequired: true as const,
      };
      const unmade = pending.map(({ name }) => ({ name, status: 'skipped' as const, reason: 'encrypted' }));
      const category = categoryOfDocument(file.mimeType);
      return { facts: { media: {}, category, details: { security } }, made: [], unmade };
    }
    const { made, unmade, placeholder } = await renditionsOf(deps, content, pending);
    const { pages, details, text, textTruncated, scanned } = content;
    const media: Media = { ...(pages !== undefined && { pages }), ...(placeholder && { placeholder }) };
    return {
      facts: {
        media,
        category: categoryOfDocument(file.mimeType, scanned),
        details: withSecurity(details, content, file),
      },
      ...(text && { text, textTruncated }),
      made,
      unmade,
    };
  };

async function contentOf(
  reader: DocumentReader,
  source: Uint8Array,
  { mimeType, charset }: FileRecord,
  bounds: ReadBounds,
): Promise<DocumentContent | 'encrypted'> {
  try {
    return await reader.read(source, { mimeType, ...(charset && { charset }), bounds });
  } catch (error) {
    if (!(error instanceof DocumentUnreadable)) throw error;
    if (error.reason === 'encrypted') return 'encrypted';
    throw new Unprocessable(error.reason, error.reason === 'malformed' ? 'failed' : 'skipped', {
      cause: error,
    });
  }
}

const withSecurity = (details: Details, { security }: DocumentContent, { findings }: FileRecord): Details =>
  security || findings?.length ? { ...details, security: securityReport(security, findings) } : details;

interface Renditions {
  readonly made: readonly MadeRendition[];
  readonly unmade: readonly UnmadeRendition[];
  /** Of the first page. */
  readonly placeholder?: string;
}

/** One page after the other: a function of this size has one core, and holds one page's pixels. */
async function renditionsOf(
  { images, bounds }: DocumentWorkDeps,
  { previews, failedPages }: DocumentContent,
  pending: readonly PendingRendition[],
): Promise<Renditions> {
  const presets = presetsIn(pending);
  const made: MadeRendition[] = [];
  const unmade: UnmadeRendition[] = failedPages.map(({ page, reason }) => failed(pageName(page), reason));
  let placeholder: string | undefined;
  for (const preview of previews) {
    const isFirst = preview.page === 1;
    const wanted = [pagePreset(preview.page, bounds.previewSide), ...(isFirst ? presets : [])];
    const drawn = await pageRenditions(images, preview, wanted);
    made.push(...drawn.made);
    unmade.push(...drawn.unmade);
    if (isFirst) placeholder = drawn.placeholder;
  }
  const settled = new Set([...made, ...unmade].map(({ name }) => name));
  const first = failedPages.find(({ page }) => page === 1);
  for (const { name } of pending.filter((wanted) => !settled.has(wanted.name))) {
    // Without a failed first page: nobody can draw such a document, or do with it what was asked for.
    unmade.push(first ? failed(name, first.reason) : { name, status: 'skipped', reason: 'unsupported' });
  }
  return { made, unmade, ...(placeholder && { placeholder }) };
}

async function pageRenditions(
  images: ImageProcessor,
  { image, mimeType }: PagePreview,
  presets: readonly RenditionPreset[],
): Promise<Renditions> {
  try {
    const { renditions, features } = await images.render(image, {
      mimeType,
      presets,
      maxPixels: maxPagePixels,
    });
    const made = renditions.map((rendition) => ({
      ...rendition,
      folder: rendition.name.startsWith(pagePrefix) ? ('previews' as const) : ('thumbnails' as const),
    }));
    return { made, unmade: [], ...(features && { placeholder: features.placeholder }) };
  } catch (error) {
    if (!(error instanceof ImageUnreadable)) throw error;
    return { made: [], unmade: presets.map(({ name }) => failed(name, error.reason)) };
  }
}

const failed = (name: string, reason: string): UnmadeRendition => ({ name, status: 'failed', reason });

/** Of the picture of a page, 8192 x 8192: those drawn here are small, those that authors put into documents may not be. */
const maxPagePixels = 64 * 1024 * 1024;

const pagePrefix = 'page-';
const pageName = (page: number): string => `${pagePrefix}${page}`;

const pagePreset = (page: number, side: number): RenditionPreset => ({
  name: pageName(page),
  fit: 'inside',
  width: side,
  height: side,
  format: 'jpeg',
  quality: pageQuality,
});
