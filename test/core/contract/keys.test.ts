import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits, limitsFromEnv, limitsToEnv } from '../../../lambdas/contract/limits.ts';
import {
  derivedFolders,
  derivedKey,
  derivedPrefix,
  intakeKey,
  intakePrefix,
  libraryKey,
  libraryPrefix,
  parseIntakeKey,
  variantKey,
  variantPrefix,
} from '../../../lambdas/contract/storage-keys.ts';
import { auditPartition, indexKeys, keys, metricDimension } from '../../../lambdas/contract/table.ts';

const id = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/);
const ids = fc.tuple(id, id, id);
const userText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });

describe('a key of the table', () => {
  it('belongs to one noun only, whatever ids and user text it is made of', () => {
    fc.assert(
      fc.property(ids, fc.tuple(userText, userText), ([t, a, b], [text, other]) => {
        const all = [
          keys.tenant(t),
          keys.tenantCounter(t),
          keys.tenantDay(t, '2026-11-20'),
          keys.transcodeMonth(t, '2026-11'),
          keys.transcode(t, b, 1),
          keys.encoderLeases(),
          keys.user(t, a),
          keys.userCounter(t, a),
          keys.userHour(t, a, '2026-11-20T12'),
          keys.idempotency(t, a, text),
          keys.unfinishedJobs(t, a),
          keys.profileUploads(t, a, text),
          keys.purgedFile(t, b),
          keys.heldFile(t, b),
          keys.batch(t, a, text),
          keys.nameClaim(t, a, `/${text}`, other),
          keys.folder(t, a, `/${text}`),
          keys.replacement(t, b),
          keys.version(t, b, 1),
          keys.scan(t, b, a),
          keys.share(t, b, a),
          keys.publicFile(b),
          keys.client(t, a),
          keys.clientTenant(a),
          keys.tenantEvent(t, '2026-11-20T12:00:00.000Z', a),
          keys.auditRecord(t, '2026-11-20T12:00:00.000Z', a),
          keys.auditHead(t),
          keys.auditOrigins(t, a),
          keys.auditHour(t, a, '2026-11-20T12'),
          keys.resemblance(t, 0, '1fff', b),
          keys.resemblance(t, 1, '1fff', b),
          keys.job(t, b),
          keys.jobResults(t, b, 1),
          keys.file(t, b),
          keys.session(t, b, a),
          keys.event(t, b, '2026-11-20T12:00:00.000Z', a),
          keys.laneSlots('images', t),
          keys.rateWindow(text, '1'),
          keys.searchIndex(t),
          keys.lastSweep(),
          keys.metricWindow('2026-11-20T12', metricDimension.all()),
          keys.metricWindow('2026-11-20', metricDimension.tenant(t)),
          keys.metricWindow('2026-11-20', metricDimension.tenantType(t, 'image')),
          keys.metricWindow('2026-11-20', metricDimension.type('image')),
          keys.metricWindow('2026-11-20', metricDimension.region('AT')),
          keys.tenantGauge(t),
          keys.content({ tenantId: t, sha256: a, size: 1 }),
          keys.content({ tenantId: t, sha256: a, size: 1, encryptionKey: b }),
          keys.contentHolder({ tenantId: t, sha256: a, size: 1 }, b),
          keys.contentObject(t, a),
          keys.eventDone('tally', a),
        ].map(({ pk, sk }) => JSON.stringify([pk, sk]));
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  it('never leaves its tenant: every partition but rates and system names the tenant first', () => {
    fc.assert(
      fc.property(ids, userText, ([t, a, b], text) => {
        const partitions = [
          keys.userCounter(t, a).pk,
          keys.idempotency(t, a, text).pk,
          keys.nameClaim(t, a, `/${text}`, text).pk,
          keys.file(t, b).pk,
          indexKeys.ownerFiles(t, a),
          indexKeys.ownerOpenUploads(t, a),
          indexKeys.tenantOpenUploads(t),
          indexKeys.sharedWith(t, a),
          keys.folder(t, a, `/${text}`).pk,
          keys.job(t, b).pk,
          keys.auditHour(t, a, '2026-11-20T12').pk,
          keys.contentObject(t, b).pk,
          indexKeys.folder(t, a, `/${text}`),
          indexKeys.status(t, 'ready'),
        ];
        expect(partitions.every((pk) => pk.startsWith(`TENANT#${t}#`))).toBe(true);
        const ofAudit = [keys.auditRecord(t, '2026-11-20T12:00:00.000Z', a).pk, keys.auditHead(t).pk];
        expect(ofAudit.every((pk) => `${pk}#`.startsWith(`${auditPartition}${t}#`))).toBe(true);
      }),
    );
  });

  it('keeps two names apart that differ in folder or file', () => {
    fc.assert(
      fc.property(userText, userText, userText, userText, (path, name, otherPath, otherName) => {
        fc.pre(path !== otherPath || name !== otherName);
        expect(keys.nameClaim('T', 'U', `/${path}`, name)).not.toEqual(
          keys.nameClaim('T', 'U', `/${otherPath}`, otherName),
        );
      }),
    );
  });

  it('keeps the folders of two owners apart', () => {
    expect(indexKeys.folder('T', 'alice', '/')).not.toBe(indexKeys.folder('T', 'bob', '/'));
  });
});

describe('a key of a bucket', () => {
  it('of the intake bucket leads back to its session', () => {
    fc.assert(
      fc.property(ids, ([tenantId, fileId, uploadId]) => {
        const location = { tenantId, fileId, uploadId };
        expect(parseIntakeKey(intakeKey(location))).toEqual(location);
      }),
    );
  });

  it.each(['', 'tenants/a/b', 'tenants/a/b/c/d', 'other/a/b/c', 'tenants//b/c'])(
    '%j is not an upload of ours',
    (key) => {
      expect(parseIntakeKey(key)).toBeUndefined();
    },
  );

  it('holds nothing that a user wrote', () => {
    fc.assert(
      fc.property(ids, ([tenantId, fileId, uploadId]) => {
        const marked = {
          filename: 'USERTEXT',
          path: '/USERTEXT',
          originalName: 'USERTEXT',
          tags: ['USERTEXT'],
        };
        const file = {
          ...marked,
          tenantId,
          fileId,
          uploadId,
          version: 1,
          createdAt: '2026-11-20T12:00:00.000Z',
        };
        const all = [intakeKey(file), libraryKey(file, '.jpg'), derivedKey(file, 'thumbnails', 'small.jpg')];
        expect(all.some((key) => key.includes('USERTEXT'))).toBe(false);
      }),
    );
  });

  it('of a rendition lies below what a purge of its file deletes, and below no other file', () => {
    const file = { tenantId: 'T', fileId: 'F', version: 3 };
    for (const folder of derivedFolders) {
      expect(derivedKey(file, folder, 'x.jpg').startsWith(derivedPrefix(file, folder))).toBe(true);
      expect(
        derivedKey({ ...file, fileId: 'F2' }, folder, 'x.jpg').startsWith(derivedPrefix(file, folder)),
      ).toBe(false);
    }
  });

  it('of a variant lies below what a purge of its file deletes, whichever version it shows', () => {
    const file = { tenantId: 'T', fileId: 'F', version: 3 };
    const key = variantKey(file, '640x480q75.avif');

    expect(key).toBe('tenants/T/thumbnails/F/variants/v3/640x480q75.avif');
    expect(key.startsWith(derivedPrefix(file, 'thumbnails'))).toBe(true);
    expect(key.startsWith(variantPrefix(file))).toBe(true);
    // Nor is it ever taken for a rendition.
    expect(key.startsWith(derivedKey(file, 'thumbnails', ''))).toBe(false);
    expect(variantKey({ ...file, fileId: 'F2' }, 'x').startsWith(variantPrefix(file))).toBe(false);
  });

  it('files the original under the day of its creation', () => {
    const file = { tenantId: 'T', fileId: 'F', createdAt: '2026-01-05T23:59:59.999Z', version: 1 };
    expect(libraryKey(file, '.jpg')).toBe('tenants/T/files/2026/01/05/F.jpg');
  });

  it('of each version is another, and all begin with what a purge deletes', () => {
    const file = { tenantId: 'T', fileId: 'F', createdAt: '2026-01-05T23:59:59.999Z' };
    const all = [1, 2, 3, 12].map((version) => libraryKey({ ...file, version }, '.jpg'));
    expect(new Set(all).size).toBe(4);
    expect(all.every((key) => key.startsWith(libraryPrefix(file)))).toBe(true);
    expect(intakeKey({ ...file, uploadId: 'U' }).startsWith(intakePrefix(file))).toBe(true);
    expect(intakeKey({ ...file, fileId: 'F2', uploadId: 'U' }).startsWith(intakePrefix(file))).toBe(false);
  });
});

describe('limits through the environment', () => {
  it('come out as they went in, and defaults need no space', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 15 }),
        fc.option(fc.integer({ min: 1 })),
        fc.array(fc.constantFrom('image/png', 'video/*')),
        (bytes, perHour, types) => {
          const basic = {
            ...defaultLimits.tiers.basic,
            bytesPerUser: bytes,
            bytesPerUserAndHour: perHour,
            allowedMimeTypes: types,
          };
          const limits = { ...defaultLimits, tiers: { ...defaultLimits.tiers, basic } };
          expect(limitsFromEnv(limitsToEnv(limits))).toEqual(limits);
        },
      ),
    );
    expect(limitsToEnv(defaultLimits)).toBe('{}');
  });

  it('refuse what does not fit, naming the field', () => {
    expect(() => limitsFromEnv('{"upload":{"heartbeatSeconds":-1}}')).toThrow('heartbeatSeconds');
  });
});
