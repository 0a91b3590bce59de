import { describe, expect, it } from 'vitest';
import type { FileRecord, FileVersion, Rendition } from '../../../lambdas/core/files/file.ts';
import { listVersions, restoreVersion } from '../../../lambdas/core/files/versions.ts';
import { defaultPresets, type RenditionPreset } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const bob = caller({ user: { userId: 'bob' } });

const ready = (of: number, name = 'small'): Record<string, Rendition> => ({
  [name]: { name, status: 'ready', key: `v${of}/${name}.jpg`, mimeType: 'image/jpeg' },
});
const kept = (version: number, over: Partial<FileVersion> = {}): FileVersion => ({
  tenantId: 'acme',
  fileId: 'F1',
  version,
  originalName: `old-${version}.jpg`,
  mimeType: 'image/jpeg',
  size: version * 100,
  uploadId: `U${version}`,
  renditions: ready(version),
  libraryKey: `key-${version}`,
  libraryVersionId: `L${version}`,
  replacedAt: startOfTime,
  ...over,
});

/** A file in its fourth version; the three before are kept. */
function fileOfFour(over: Partial<FileRecord> = {}, versions = [kept(1), kept(2), kept(3)]) {
  const world = new World();
  const current = file({
    status: 'ready',
    accounting: 'used',
    version: 4,
    size: 400,
    uploadId: 'U4',
    libraryKey: 'key-4',
    libraryVersionId: 'L4',
    renditions: ready(4),
    exif: { camera: 'X' },
    reason: 'of old',
    versionsBytes: versions.reduce((sum, { size }) => sum + size, 0),
    ...over,
  });
  world.table.files.set('acme/F1', current);
  for (const version of versions) world.table.versions.set(`acme/F1/${version.version}`, version);
  for (const of of ['acme', 'acme/alice']) {
    const committedBytes = current.size + (current.versionsBytes ?? 0);
    const none = { reservedBytes: 0, reservedFiles: 0, openUploads: 0 };
    world.table.counters.set(of, { committedBytes, committedFiles: 1, ...none });
  }
  const deps = { ...world.dispatching, store: world.table.port, queues: world.sweeping.queues };
  return { world, deps, now: () => world.table.files.get('acme/F1') as FileRecord };
}

describe('the list of versions', () => {
  it('shows the present one first, then what is kept, newest first, page by page', async () => {
    const { deps } = fileOfFour();
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const { answer: page } = await listVersions(deps, alice, 'F1', { limit: 1, cursor });
      expect(page.versions).toHaveLength(1);
      seen.push(...page.versions.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([4, 3, 2, 1]);
    const { answer: all } = await listVersions(deps, alice, 'F1', { limit: 4 });
    expect(all.versions.map(({ current }) => current)).toEqual([true, false, false, false]);
    expect(all.nextCursor).toBeUndefined();
  });

  it('shows no key of a bucket', async () => {
    const { deps } = fileOfFour();
    const text = JSON.stringify((await listVersions(deps, alice, 'F1', { limit: 20 })).answer);
    expect(text).not.toMatch(/key-|L4|v4\//);
  });

  it('is empty for a file that never had content', async () => {
    const world = new World();
    world.table.files.set('acme/F1', file());
    const deps = { ...world.dispatching, store: world.table.port };
    expect((await listVersions(deps, alice, 'F1', { limit: 20 })).answer).toEqual({ versions: [] });
  });

  it('is for those who may read the file, and refuses a forged cursor', async () => {
    const { deps } = fileOfFour();
    await expect(listVersions(deps, bob, 'F1', { limit: 20 })).rejects.toMatchObject({ code: 'not_found' });
    for (const cursor of ['0', '-1', 'x', '1e9', '9'.repeat(20)]) {
      await expect(listVersions(deps, alice, 'F1', { limit: 20, cursor })).rejects.toMatchObject({
        code: 'cursor_invalid',
      });
    }
  });
});

describe('restoring a version', () => {
  it('gives the file its content and renditions again under a new number and keeps what was there', async () => {
    const { world, deps, now } = fileOfFour();

    const restored = await restoreVersion(deps, alice, { fileId: 'F1' }, 2);

    expect(restored).toEqual(now());
    expect(now()).toMatchObject({
      status: 'ready',
      version: 5,
      size: 200,
      originalName: 'old-2.jpg',
      libraryKey: 'key-2',
      libraryVersionId: 'L2',
      renditions: ready(2),
      filename: 'photo.jpg',
    });
    expect(now().exif).toBeUndefined();
    expect(now().reason).toBeUndefined();
    expect([...world.table.versions.keys()].sort()).toEqual(['acme/F1/1', 'acme/F1/3', 'acme/F1/4']);
    expect(world.table.versions.get('acme/F1/4')).toMatchObject({
      libraryVersionId: 'L4',
      exif: { camera: 'X' },
    });
    expect(world.table.counter('acme')).toMatchObject({ committedBytes: 1_000, committedFiles: 1 });
    expect(now().size + (now().versionsBytes ?? 0)).toBe(1_000);
    expect(world.table.events.map(({ type, data }) => [type, data.version])).toEqual([
      ['file.restored', 5],
      ['file.ready', undefined],
    ]);
    expect(world.messages.process).toEqual([]);
  });

  it('has renditions made that were never made', async () => {
    const recipe = presetRecipe(defaultPresets[0] as RenditionPreset);
    const pending = { small: { name: 'small', status: 'pending' as const, recipe } };
    const { world, deps, now } = fileOfFour({}, [kept(1, { renditions: pending })]);
    await restoreVersion(deps, alice, { fileId: 'F1' }, 1);
    expect(now()).toMatchObject({ status: 'stored', dueAt: expect.any(String) });
    expect(world.messages.process).toHaveLength(1);
  });

  it('changes nothing when it is the present one', async () => {
    const { deps, now } = fileOfFour();
    const before = now();
    expect(await restoreVersion(deps, alice, { fileId: 'F1' }, 4)).toEqual(before);
    expect(now()).toEqual(before);
  });

  it.each([
    ['is not there', {}, { v: 9 }, 'not_found'],
    ['is another user’s', {}, { by: bob }, 'not_found'],
    ['changed meanwhile', {}, { ifMatch: '"7"' }, 'precondition_failed'],
    ['is being replaced', { replacement: { uploadId: 'U5', startedAt: startOfTime } }, {}, 'file_locked'],
    ['is held', { legalHold: { reason: 'r', since: startOfTime, by: 'admin' } }, {}, 'legal_hold'],
    ['lies in the trash', { status: 'deleted' as const }, {}, 'upload_state_conflict'],
  ])('is refused when it %s', async (_why, over, { v = 1, by = alice, ifMatch = undefined }: Asked, code) => {
    const { deps, now } = fileOfFour(over);
    const before = now();
    await expect(restoreVersion(deps, by, { fileId: 'F1', ifMatch }, v)).rejects.toMatchObject({ code });
    expect(now()).toEqual(before);
  });

  it('back and forth keeps every content and one number for each', async () => {
    const { world, deps, now } = fileOfFour();
    for (const v of [1, 3, 5, 4]) await restoreVersion(deps, alice, { fileId: 'F1' }, v);
    const contents = [...world.table.versions.values(), now()].map(
      ({ libraryVersionId }) => libraryVersionId,
    );
    expect(contents.sort()).toEqual(['L1', 'L2', 'L3', 'L4']);
    expect(now().version).toBe(8);
    expect(world.table.counter('acme').committedBytes).toBe(1_000);
  });
});

interface Asked {
  readonly v?: number;
  readonly by?: typeof alice;
  readonly ifMatch?: string | undefined;
}
