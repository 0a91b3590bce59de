import { expect } from 'vitest';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { World } from './world.ts';

const kept = (file: FileRecord): boolean => file.accounting === 'used';

/**
 * What must hold once everything has come to rest: no slot, reservation, multipart upload or intake object is left;
 * usage is exactly what is stored; every stored file has one copy in the library and nothing else is there.
 */
export function expectConsistent(world: World, where = ''): void {
  expect(world.s3.uploads.size, `multipart uploads ${where}`).toBe(0);
  const files = [...world.table.files.values()];
  const stored = files.filter(kept);
  const usedBytes = stored.reduce((sum, file) => sum + file.size + (file.versionsBytes ?? 0), 0);
  for (const of of ['acme', 'acme/alice']) {
    expect(world.table.counter(of), `counters of ${of} ${where}`).toEqual({
      committedBytes: usedBytes,
      committedFiles: stored.length,
      reservedBytes: 0,
      reservedFiles: 0,
      openUploads: 0,
    });
  }
  expect(
    [...world.table.sessions.values()].map(({ session }) => session.phase).filter((p) => p !== 'closed'),
    where,
  ).toEqual([]);
  expect(world.s3.objects, `objects in the intake bucket ${where}`).toBe(0);
  const live = files.filter((file) => file.libraryVersionId && file.status !== 'purged');
  for (const file of live) {
    expect(world.s3.library.get(file.libraryVersionId ?? ''), `copy of ${file.status} ${where}`).toBe(
      file.fileId,
    );
  }
  for (const file of stored) {
    const versions = [...world.table.versions.values()].filter(({ fileId }) => fileId === file.fileId);
    const bytes = versions.reduce((sum, version) => sum + version.size, 0);
    expect(file.versionsBytes ?? 0, `bytes of kept versions ${where}`).toBe(bytes);
    for (const { version, libraryVersionId } of versions) {
      expect(world.s3.library.get(libraryVersionId), `copy of version ${version} ${where}`).toBe(file.fileId);
    }
    // A replacement is either in the file or has ended, and the file knows how.
    const beside = world.table.replacements.get(`acme/${file.fileId}`);
    expect(beside?.status, `replacement ${where}`).toBe(file.replacement?.endedAs);
    expect(beside?.accounting ?? 'none', `replacement ${where}`).toBe('none');
  }
  const endings = ['stored', 'ready', 'rejected', 'aborted', 'expired', 'purged'];
  expect(endings, where).toEqual(expect.arrayContaining(files.map((file) => file.status)));
  const named = files.filter((file) => file.accounting !== 'none').map((file) => file.fileId);
  expect([...world.table.names.values()].sort(), `names ${where}`).toEqual(named.sort());
}
