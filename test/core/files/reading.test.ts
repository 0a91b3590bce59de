import { describe, expect, it } from 'vitest';
import { fileView, listedFileView, statusView } from '../../../lambdas/core/files/view.ts';
import { file } from '../../support/domain.ts';

describe('what is shown of a file', () => {
  it('keeps keys and version ids of the buckets inside', () => {
    const inside = {
      libraryKey: 'SECRET',
      libraryVersionId: 'SECRET',
      intakeVersionId: 'SECRET',
      contentEtag: 'SECRET',
    };
    const renditions = { small: { name: 'small', status: 'ready', key: 'SECRET' } } as const;
    const found = file({ ...inside, renditions, status: 'ready' });
    expect(
      JSON.stringify([fileView(found), statusView({ record: found, estimatedSeconds: 0 })]),
    ).not.toContain('SECRET');
  });

  it('tells of trash, legal hold and replacement what its owner wants to know', () => {
    const at = '2026-11-20T12:00:00.000Z';
    const inTrash = { deletedAt: at, purgeAt: '2026-12-20T12:00:00.000Z' };
    const more = {
      legalHold: { reason: 'case 12', since: at, by: 'root' },
      replacement: { uploadId: 'U2', startedAt: at },
    };
    expect(fileView(file({ status: 'deleted', ...inTrash, ...more }))).toMatchObject({ ...inTrash, ...more });
    expect(fileView(file())).not.toHaveProperty('deletedAt');
  });

  it('leaves out of a listing what a page has no room for', () => {
    const listed = listedFileView(file({ metadata: { a: 'b' }, media: { width: 1 }, exif: { make: 'x' } }));
    expect(listed).not.toHaveProperty('metadata');
    expect(listed.media).toEqual({ width: 1 });
  });

  it('has an etag that changes with every change of the record', () => {
    expect(fileView(file({ revision: 1 })).etag).not.toBe(fileView(file({ revision: 2 })).etag);
  });
});
