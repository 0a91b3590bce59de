import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import {
  giveUpOnImage,
  type ProcessImageDeps,
  processImage,
} from '../../../lambdas/core/processing/process-image.ts';
import { file } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const pending = { small: { name: 'small', status: 'pending' as const } };
const stored = (over: Partial<FileRecord> = {}): FileRecord =>
  file({
    status: 'stored',
    accounting: 'used',
    libraryKey: 'key-1',
    libraryVersionId: 'L1',
    renditions: pending,
    ...over,
  });
const ref = (version: number) => ({ tenantId: 'acme', fileId: 'F1', version });

/** A worker that reads an original; `meanwhile` happens before it writes what it made. */
function worker(record: FileRecord, meanwhile: (world: World) => void = () => undefined) {
  const world = new World();
  world.table.files.set('acme/F1', record);
  for (const of of ['acme', 'acme/alice']) {
    const none = { reservedBytes: 0, reservedFiles: 0, openUploads: 0 };
    world.table.counters.set(of, { committedBytes: record.size, committedFiles: 1, ...none });
  }
  const deleted: string[] = [];
  const deps: ProcessImageDeps = {
    ...world.dispatching,
    library: { read: async () => new Uint8Array(1) },
    derived: {
      put: async ({ version }, { name }) => `v${version}/${name}`,
      deleteAll: async (all) => void deleted.push(...all),
    },
    images: {
      render: async () => {
        meanwhile(world);
        const body = new Uint8Array(1);
        const rendition = { name: 'small', mimeType: 'image/jpeg', width: 1, height: 1, body };
        return {
          media: { width: 1, height: 1, format: 'jpeg', hasAlpha: false },
          renditions: [rendition],
        } as unknown as Awaited<ReturnType<ProcessImageDeps['images']['render']>>;
      },
    },
    presets: [{ name: 'small' }] as unknown as ProcessImageDeps['presets'],
    maxPixels: 100,
    maxBytes: 10_000,
  };
  return { deps, deleted, now: () => world.table.files.get('acme/F1') };
}

const replace =
  (over: Partial<FileRecord> = {}) =>
  (world: World) => {
    const now = world.table.files.get('acme/F1') as FileRecord;
    const next = stored({ version: 2, uploadId: 'U2', revision: now.revision + 1, ...over });
    world.table.files.set('acme/F1', next);
  };

describe('the worker of an image', () => {
  it('leaves a file alone whose content is another by the time the message is read', async () => {
    const { deps, now } = worker(stored({ version: 2 }));
    expect(await processImage(deps, ref(1))).toBe('ignored');
    expect(await giveUpOnImage(deps, ref(1))).toBe('ignored');
    expect(now()?.status).toBe('stored');
    expect(await processImage(deps, ref(2))).toBe('ready');
    expect(now()?.renditions.small?.key).toBe('v2/small');
  });

  it.each(['stored', 'processing'] as const)(
    'changes nothing of new content that is %s when it comes back late, and leaves what it made',
    async (status) => {
      const { deps, deleted, now } = worker(stored(), replace({ status }));
      expect(await processImage(deps, ref(1))).toBe('ignored');
      expect(now()).toMatchObject({ status, version: 2, renditions: pending });
      expect(deleted).toEqual([]);
    },
  );

  it('changes nothing of the same content that was restored as another version meanwhile', async () => {
    const { deps, now } = worker(stored(), replace({ status: 'processing', uploadId: 'U1', version: 3 }));
    expect(await processImage(deps, ref(1))).toBe('ignored');
    expect(now()).toMatchObject({ status: 'processing', version: 3 });
  });

  it('removes what it made when the file was purged meanwhile', async () => {
    const { deps, deleted } = worker(stored(), replace({ status: 'purged', uploadId: 'U1', version: 1 }));
    expect(await processImage(deps, ref(1))).toBe('ignored');
    expect(deleted).toEqual(['v1/small']);
  });

  it('removes what it made when the content was withdrawn meanwhile, whatever took its place', async () => {
    const withdrawals = [{ version: 1, threat: 'T', engine: 'E', at: '2026-11-20T12:00:00.000Z' }];
    for (const over of [{ status: 'rejected' }, { status: 'processing', version: 2 }] as const) {
      const { deps, deleted } = worker(stored(), replace({ ...over, withdrawals }));
      expect(await processImage(deps, ref(1))).toBe('ignored');
      expect(deleted).toEqual(['v1/small']);
    }
  });

  it.each([
    ['too_complex', 'skipped', 'ready'],
    ['pixels_exceeded', 'skipped', 'ready'],
    ['malformed', 'failed', 'failed'],
  ] as const)('keeps a picture without renditions that is %s', async (reason, rendition, status) => {
    const { deps, now } = worker(stored({ mimeType: 'image/svg+xml' }));
    const types: string[] = [];
    const images: ProcessImageDeps['images'] = {
      render: async (_source, { mimeType }) => {
        types.push(mimeType);
        throw new ImageUnreadable(reason, 'made for the test');
      },
    };
    expect(await processImage({ ...deps, images }, ref(1))).toBe(status);
    expect(types).toEqual(['image/svg+xml']);
    expect(now()).toMatchObject({ status, renditions: { small: { status: rendition, reason } } });
  });
});
