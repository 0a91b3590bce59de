import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { svg } from '../../support/bombs/svg.ts';
import { engineOf } from '../../support/engine.ts';
import { metadataParts } from '../../support/images.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { download, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const allowedMimeTypes = ['image/svg+xml'];
const drawing = (content: string) =>
  svg(`<rect width="60" height="60" fill="#2864c8"/>${content}`, 'width="60" height="40"');

describe('an SVG', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTenant(engine, {
      policy: { slotsPerUser: 100, initiationsPerMinute: 10_000, allowedMimeTypes },
    });
  });

  it('is kept as an attachment and shown as pictures without anything but pixels', async () => {
    const source = drawing('<script>alert("PAYLOAD")</script>');
    const fileId = await upload(
      tenant.api,
      { path: '/', filename: 'logo.svg', mimeType: 'image/svg+xml' },
      source,
    );

    const file = await untilStatus(tenant.api, fileId, 'ready');

    expect(file).toMatchObject({
      mimeType: 'image/svg+xml',
      media: { format: 'svg', width: 60, height: 40 },
    });
    for (const { name, status } of file.renditions) {
      expect({ name, status }).toEqual({ name, status: 'ready' });
      const { bytes, headers } = await download(
        ok(await tenant.api.downloadUrl(fileId, { rendition: name })).url,
      );
      expect(headers.get('content-type')).toBe('image/webp');
      expect((await sharp(bytes).metadata()).format).toBe('webp');
      expect(metadataParts(bytes)).toEqual([]);
      expect(bytes.includes('PAYLOAD')).toBe(false);
    }
    const original = await download(ok(await tenant.api.downloadUrl(fileId, { disposition: 'inline' })).url);
    expect(original.bytes.equals(source)).toBe(true);
    expect(original.headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it('is refused where the policy rejects it, and where it is active', async () => {
    const strict = async (policy: object) =>
      (await createTenant(engine, { policy: { allowedMimeTypes, ...policy } })).api;
    const bytes = drawing('<script/>');
    const request = { path: '/', filename: 'logo.svg', mimeType: 'image/svg+xml' };
    for (const policy of [{ svg: 'reject' }, { activeContent: 'reject' }]) {
      const api = await strict(policy);
      expect((await untilStatus(api, await upload(api, request, bytes), 'rejected')).reason).toBe(
        'active_content',
      );
    }
  });
});
