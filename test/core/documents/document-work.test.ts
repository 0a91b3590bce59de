import { describe, expect, it } from 'vitest';
import { type DocumentWorkDeps, documentWork } from '../../../lambdas/core/documents/document-work.ts';
import {
  type DocumentContent,
  DocumentUnreadable,
  type DocumentUnreadableReason,
} from '../../../lambdas/core/documents/ports.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { ImageUnreadable, type RenderOptions } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import type { PendingRendition, WorkResult } from '../../../lambdas/core/processing/work.ts';
import { file } from '../../support/domain.ts';

const pending: readonly PendingRendition[] = defaultPresets.map((preset) => ({
  name: preset.name,
  recipe: presetRecipe(preset),
}));
const presetNames = pending.map(({ name }) => name);
const document = (over: Partial<FileRecord> = {}): FileRecord =>
  file({ mimeType: 'application/pdf', libraryKey: 'key', libraryVersionId: 'L1', ...over });

const preview = (page: number) => ({
  page,
  image: Uint8Array.of(page),
  mimeType: 'image/png' as const,
});
const content = (over: Partial<DocumentContent> = {}): DocumentContent => ({
  pages: 2,
  details: { title: 'A title' },
  text: 'All of its text',
  textTruncated: false,
  previews: [preview(1), preview(2)],
  failedPages: [],
  ...over,
});

interface Seen {
  reads: number;
  readonly rendered: { readonly page: number; readonly options: RenderOptions }[];
}

/** A worker whose reader finds `found`; the picture of a page is the number of the page. */
async function work(
  found: DocumentContent | Error,
  {
    of = document(),
    wanted = pending,
    unreadablePicture = 0,
    over = {},
  }: {
    of?: FileRecord;
    wanted?: readonly PendingRendition[];
    unreadablePicture?: number;
    over?: Partial<DocumentWorkDeps>;
  } = {},
): Promise<{ result: WorkResult; seen: Seen }> {
  const seen: Seen = { reads: 0, rendered: [] };
  const deps: DocumentWorkDeps = {
    library: {
      read: async () => {
        seen.reads += 1;
        return new Uint8Array(1);
      },
    },
    readerFor: () => ({
      read: async () => {
        if (found instanceof Error) throw found;
        return found;
      },
    }),
    images: {
      render: async (image: Uint8Array, options: RenderOptions) => {
        const page = image[0] as number;
        if (page === unreadablePicture) throw new ImageUnreadable('malformed', 'no picture');
        seen.rendered.push({ page, options });
        return {
          media: { width: 1, height: 1, format: 'png', hasAlpha: false, colourSpace: 'srgb' },
          features: { placeholder: `placeholder of ${page}`, statistics: {} },
          renditions: options.presets.map(({ name }) => ({
            ...{ name, mimeType: 'image/jpeg', extension: '.jpg', width: 1, height: 1 },
            body: image,
          })),
        };
      },
    } as unknown as DocumentWorkDeps['images'],
    bounds: {
      ...{ maxTextPages: 10, maxTextBytes: 1000, previewPages: 5, previewSide: 1920, deadlineMs: 1000 },
    },
    maxBytes: 10_000,
    ...over,
  };
  return { result: await documentWork(deps)(of, wanted), seen };
}

const refusal = (reason: DocumentUnreadableReason) =>
  work(new DocumentUnreadable(reason, 'said so')).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the work on a document', () => {
  it('makes a preview of each page and the presets of the first, in one go for each page', async () => {
    const { result, seen } = await work(content());

    expect(result.made.map(({ name, folder, body }) => `${folder}/${name} of ${body[0]}`)).toEqual([
      'previews/page-1 of 1',
      ...presetNames.map((name) => `thumbnails/${name} of 1`),
      'previews/page-2 of 2',
    ]);
    expect(result.unmade).toEqual([]);
    expect(seen.rendered.map(({ page }) => page)).toEqual([1, 2]);
    expect(seen.rendered[0]?.options.presets[0]).toMatchObject({
      ...{ name: 'page-1', fit: 'inside', width: 1920, height: 1920, format: 'jpeg' },
    });
  });

  it('tells pages, details, text and the placeholder of the first page', async () => {
    const { result } = await work(content({ textTruncated: true }));

    expect(result).toMatchObject({
      facts: {
        media: { pages: 2, placeholder: 'placeholder of 1' },
        category: 'document',
        details: { title: 'A title' },
      },
      text: 'All of its text',
      textTruncated: true,
    });
  });

  it('knows scanned paper by its pages', async () => {
    const { result } = await work(content({ scanned: { lookedAt: 2, pictures: 2 } }));

    expect(result.facts.category).toBe('scan');
  });

  it('loses nothing but the page that fails', async () => {
    const { result } = await work(
      content({ previews: [preview(1)], failedPages: [{ page: 2, reason: 'malformed' }] }),
    );

    expect(result.made.map(({ name }) => name)).toEqual(['page-1', ...presetNames]);
    expect(result.unmade).toEqual([{ name: 'page-2', status: 'failed', reason: 'malformed' }]);
  });

  it('has no presets where the first page fails, and the other pages all the same', async () => {
    const { result } = await work(
      content({ previews: [preview(2)], failedPages: [{ page: 1, reason: 'too_complex' }] }),
    );

    expect(result.made.map(({ name }) => name)).toEqual(['page-2']);
    expect(result.unmade).toEqual(
      ['page-1', ...presetNames].map((name) => ({ name, status: 'failed', reason: 'too_complex' })),
    );
    expect(result.text).toBe('All of its text');
  });

  it('has the other pages where the picture of one cannot be opened', async () => {
    const { result } = await work(content(), { unreadablePicture: 1 });

    expect(result.made.map(({ name }) => name)).toEqual(['page-2']);
    expect(result.unmade.map(({ name, reason }) => `${name} ${reason}`)).toEqual(
      ['page-1', ...presetNames].map((name) => `${name} malformed`),
    );
  });

  it('skips the presets of a document that nobody can draw', async () => {
    const { result } = await work(content({ previews: [] }));

    expect(result.made).toEqual([]);
    expect(result.unmade).toEqual(
      presetNames.map((name) => ({ name, status: 'skipped', reason: 'unsupported' })),
    );
  });

  it('skips what can be done with pictures only', async () => {
    const compress: PendingRendition = {
      name: 'compress-1',
      recipe: { type: 'compress', format: 'jpeg', quality: 85, metadata: 'strip' },
      onDemand: true,
    };

    const { result } = await work(content(), { wanted: [...pending, compress] });

    expect(result.unmade).toEqual([{ name: 'compress-1', status: 'skipped', reason: 'unsupported' }]);
  });

  it('adds what the inspection found to the security report', async () => {
    const security = { encrypted: false, javascript: false, forms: true };

    const { result } = await work(content({ security }), {
      of: document({ findings: ['javascript', 'launch_action'] }),
    });

    expect(result.facts.details?.security).toEqual({
      encrypted: false,
      javascript: true,
      launchActions: true,
      embeddedFiles: false,
      externalReferences: false,
      macros: false,
      forms: true,
    });
  });

  it('skips what is encrypted, and says so in the security report', async () => {
    const { result } = await work(new DocumentUnreadable('encrypted', 'a password'));

    expect(result.made).toEqual([]);
    expect(result.unmade).toEqual(
      presetNames.map((name) => ({ name, status: 'skipped', reason: 'encrypted' })),
    );
    expect(result.facts.details?.security).toMatchObject({ encrypted: true, passwordRequired: true });
  });

  it('does not read what is too large', async () => {
    let reads = 0;
    const library = {
      read: async () => {
        reads += 1;
        return new Uint8Array(1);
      },
    };

    const refused = work(content(), { of: document({ size: 10_001 }), over: { library } });

    await expect(refused).rejects.toMatchObject({ reason: 'too_large', status: 'skipped' });
    expect(reads).toBe(0);
  });

  it('skips what nobody here reads', async () => {
    const refused = work(content(), { over: { readerFor: () => undefined } });

    await expect(refused).rejects.toMatchObject({ reason: 'unsupported', status: 'skipped' });
  });

  it('fails for what is malformed, and skips what is too complex', async () => {
    expect(await refusal('malformed')).toMatchObject({ reason: 'malformed', status: 'failed' });
    expect(await refusal('too_complex')).toMatchObject({ reason: 'too_complex', status: 'skipped' });
  });

  it('leaves what is the machinery’s fault to be tried again', async () => {
    await expect(work(new Error('no such process'))).rejects.toThrow('no such process');
  });
});
