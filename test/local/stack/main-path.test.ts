import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type FileRecord, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import {
  colourAt,
  colourDistance,
  cornerColours,
  corners,
  metadataParts,
  photo,
  privateMark,
  storedFor,
} from '../../support/images.ts';
import { createTenant, noUsage, storedUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import {
  download,
  eventsOf,
  MiB,
  multipartUploadsOf,
  octets,
  plainText,
  put,
  untilStatus,
  upload,
  uploadText,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** Held by a camera turned to its side: stored 3600 x 2400, upright 2400 x 3600. */
const stored = { width: 3600, height: 2400 };
const upright = { width: stored.height, height: stored.width };

/** How far a colour may be off after JPEG at quality 80 and a change of profile. */
const colourTolerance = 12;

describe('a photo of 5 MB with EXIF, GPS and orientation', () => {
  let tenant: TestTenant;
  let bytes: Buffer;
  let file: FileRecord;

  beforeAll(async () => {
    tenant = await createTenant(engine);
    bytes = await photo({ ...stored, orientation: 6, quality: 97 });
    const fileId = await upload(
      tenant.api,
      { path: '/holiday', filename: 'IMG 0001 – Küste.JPG', mimeType: 'image/jpeg', tags: ['sea'] },
      bytes,
    );
    file = await untilStatus(tenant.api, fileId, 'ready');
  });

  it('is as large as it says and becomes ready with what the camera wrote', () => {
    expect(bytes.length).toBeGreaterThan(4.5 * MiB);
    expect(file).toMatchObject({
      mimeType: 'image/jpeg',
      size: bytes.length,
      tags: ['sea'],
      media: { ...upright, format: 'jpeg', exif: { make: 'Sluice Optics', model: 'Penstock 7' } },
    });
    expect(file.media?.exif).toMatchObject({ gpsLatitude: -33.858667, gpsLongitude: 151.211111 });
  });

  it('has four renditions of the right size, upright and without metadata', async () => {
    const sizes = Object.fromEntries(file.renditions.map((r) => [r.name, [r.status, r.width, r.height]]));
    expect(sizes).toEqual({
      small: ['ready', 150, 150],
      medium: ['ready', 300, 300],
      large: ['ready', 800, 600],
      preview: ['ready', 720, 1080],
    });
    for (const { name, width, height, size, mimeType } of file.renditions) {
      const { url } = ok(await tenant.api.downloadUrl(file.id, { rendition: name }));
      const { bytes: rendition, headers } = await download(url);
      const facts = await sharp(rendition).metadata();
      expect(facts).toMatchObject({ width, height, format: 'jpeg' });
      expect(rendition.length).toBe(size);
      expect(headers.get('content-type')).toBe(mimeType);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('content-disposition')).toContain(`-${name}.jpg`);
      expect(facts.exif ?? facts.orientation ?? facts.xmp).toBeUndefined();
      expect(metadataParts(rendition)).toEqual([]);
      expect(rendition.includes(privateMark)).toBe(false);
    }
  });

  it('keeps the original byte for byte, through its URL and in the library bucket', async () => {
    const { url } = ok(await tenant.api.downloadUrl(file.id));
    expect((await download(url)).bytes.equals(bytes)).toBe(true);
    // Signed into the URL; the local engine does not apply it where the URL names a version.
    const disposition = new URL(url).searchParams.get('response-content-disposition');
    expect(disposition).toContain("filename*=UTF-8''IMG%200001%20%E2%80%93%20K%C3%BCste.JPG");

    const [key, ...others] = await versionsOf(engine, 'library', tenant.tenantId);
    expect(others).toEqual([]);
    expect(key).toBe(
      `tenants/${tenant.tenantId}/files/${file.createdAt.slice(0, 10).replaceAll('-', '/')}/${file.id}.jpg`,
    );
    const target = { Bucket: engine.stack.buckets.library, Key: key };
    const object = await engine.s3.send(new GetObjectCommand(target));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    const head = await engine.s3.send(new HeadObjectCommand(target));
    expect(head).toMatchObject({ ContentType: 'image/jpeg', CacheControl: 'private, max-age=3600' });
  });

  it('leaves nothing in the intake bucket and tells its story in order', async () => {
    expect(await versionsOf(engine, 'intake', tenant.tenantId)).toEqual([]);
    expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
    expect(await eventsOf(tenant.api, file.id)).toEqual([
      'file.initiated',
      'file.uploaded',
      'file.stored',
      'file.processing',
      'file.ready',
    ]);
  });

  it('moves the quota exactly once', async () => {
    expect(await usageOf(tenant.api)).toEqual(storedUsage(bytes.length));
  });
});

describe('what a picture shows', () => {
  it('is upright in every rendition, for each way to hold the camera', async () => {
    const { api } = await createTenant(engine);
    const scene = await corners(1200, 900);
    const ids = await Promise.all(
      [3, 6, 8].map(async (orientation) => {
        const picture = await sharp(await storedFor(scene, orientation))
          .withMetadata({ orientation })
          .jpeg({ quality: 95 })
          .toBuffer();
        return upload(api, { path: '/', filename: `${orientation}.jpg`, mimeType: 'image/jpeg' }, picture);
      }),
    );

    for (const id of ids) {
      const { renditions } = await untilStatus(api, id, 'ready');
      for (const { name } of renditions) {
        const { bytes } = await download(ok(await api.downloadUrl(id, { rendition: name })).url);
        expect(colourDistance(await colourAt(bytes, 0.2, 0.2), cornerColours.topLeft)).toBeLessThan(
          colourTolerance,
        );
        expect(colourDistance(await colourAt(bytes, 0.8, 0.2), cornerColours.topRight)).toBeLessThan(
          colourTolerance,
        );
        expect(colourDistance(await colourAt(bytes, 0.2, 0.8), cornerColours.bottomLeft)).toBeLessThan(
          colourTolerance,
        );
      }
    }
  });
});

describe('a picture of high priority', () => {
  it('becomes ready by the urgent lane', async () => {
    const { api } = await createTenant(engine);
    const urgent = { path: '/', filename: 'now.png', mimeType: 'image/png', priority: 'urgent' as const };

    const fileId = await upload(api, urgent, await corners(200, 100));

    expect((await untilStatus(api, fileId, 'ready')).renditions).toHaveLength(4);
  });
});

/** Of its first page. */
const ofDocument = ['large', 'medium', 'page-1', 'preview', 'small'];

describe('documents', () => {
  it.each([
    { name: 'a PDF', filename: 'a.pdf', mimeType: 'application/pdf', bytes: pdf(), made: ofDocument },
    {
      ...{ name: 'a text', filename: 'a.txt', mimeType: 'text/plain' },
      ...{ bytes: Buffer.from('Grüße aus Köln\n'), made: ofDocument },
    },
    {
      ...{ name: 'an empty text', filename: 'empty.txt', mimeType: 'text/plain' },
      ...{ bytes: Buffer.alloc(0), made: [] },
    },
  ])('$name goes from stored to ready', async ({ filename, mimeType, bytes, made }) => {
    const { api } = await createTenant(engine);

    const id = await upload(api, { path: '/', filename, mimeType }, bytes);

    const file = await untilStatus(api, id, 'ready');
    expect(file).toMatchObject({ mimeType, size: bytes.length });
    const ready = file.renditions.filter(({ status }) => status === 'ready').map(({ name }) => name);
    expect(ready.sort()).toEqual(made);
    expect(await eventsOf(api, id)).toEqual([
      ...['file.initiated', 'file.uploaded', 'file.stored', 'file.processing', 'file.ready'],
    ]);
    const { bytes: downloaded, headers } = await download(ok(await api.downloadUrl(id)).url);
    expect(downloaded.equals(bytes)).toBe(true);
    expect(headers.get('content-type')?.split(';')[0]).toBe(mimeType);
    expect(await usageOf(api)).toEqual(storedUsage(bytes.length));
  });

  it('one of several parts is put together again byte for byte', async () => {
    const { api, tenantId } = await createTenant(engine);
    const bytes = Buffer.from(`${'0123456789abcdef'.repeat(65_536)}`.repeat(11));

    const id = await upload(
      api,
      { ...octets(bytes.length), mimeType: 'text/plain', filename: 'long.txt' },
      bytes,
    );

    await untilStatus(api, id, 'ready');
    expect((await download(ok(await api.downloadUrl(id)).url)).bytes.equals(bytes)).toBe(true);
    expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
  });
});

describe('bytes that are not what they were declared to be', () => {
  it('a PNG that calls itself a JPEG is rejected: bytes gone, quota back, name free', async () => {
    const { api, tenantId } = await createTenant(engine);
    const png = await corners(64, 48);

    const id = await upload(api, { path: '/', filename: 'a.jpg', mimeType: 'image/jpeg' }, png);

    const file = await untilStatus(api, id, 'rejected');
    expect(file).toMatchObject({ reason: 'type_mismatch', renditions: [] });
    expect(await eventsOf(api, id)).toEqual(['file.initiated', 'file.uploaded', 'file.rejected']);
    await expect.poll(() => versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect(await versionsOf(engine, 'library', tenantId)).toEqual([]);
    expect(await usageOf(api)).toEqual(noUsage);
    expect((await api.downloadUrl(id)).status).toBe(409);
    await untilStatus(
      api,
      await uploadText(api, 'now a text', plainText('now a text', { filename: 'a.jpg.txt' })),
      'ready',
    );
    expect((await api.initiate({ filename: 'a.jpg', mimeType: 'image/jpeg', size: 1 })).status).toBe(201);
  });

  it('is never readable before it was inspected', async () => {
    const { api } = await createTenant(engine);
    const started = ok(await api.initiate(plainText('unread')));
    expect((await api.downloadUrl(started.fileId)).status).toBe(409);
    const [target] = started.parts;
    if (!target) throw new Error('no URL');

    await put(target, Buffer.from('unread'));

    const reader = await fetch(target.url);
    expect(reader.status).toBe(403);
    await untilStatus(api, started.fileId, 'ready');
  });
});

/** The smallest document that readers accept. */
function pdf(): Buffer {
  const body =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n';
  return Buffer.from(`${body}trailer<</Root 1 0 R>>\n%%EOF\n`);
}
