import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { metadataParts } from '../../support/images.ts';
import { firstExtra, pagesPdf } from '../../support/pdf-pages.ts';
import { published } from '../../support/published.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { download, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const presets = ['small', 'medium', 'large', 'preview'];

describe('a PDF', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTenant(engine, { policy: { slotsPerUser: 100, initiationsPerMinute: 10_000 } });
  });

  const ended = async (bytes: Buffer, status: 'ready' | 'failed') => {
    const request = { path: '/', filename: `${crypto.randomUUID()}.pdf`, mimeType: 'application/pdf' };
    return untilStatus(tenant.api, await upload(tenant.api, request, bytes), status);
  };

  it('gets its pages, its text and its previews, and keeps its bytes', async () => {
    const source = await readFile(published('pdf-parse/test/data/01-valid.pdf'));

    const file = await ended(source, 'ready');

    const { id, media, renditions, category } = file;
    expect(category).toBe('document');
    expect(media).toMatchObject({
      pages: 14,
      details: { creator: 'TeX', createdAt: '2009-04-01T23:39:25Z', security: { encrypted: false } },
      text: { excerpt: expect.stringContaining('Trace-based Just-in-Time Type Specialization') },
    });
    expect(media?.placeholder).toMatch(/^[\w+/]+=*$/);
    expect(renditions.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
      [...presets, ...[1, 2, 3, 4, 5].map((page) => `page-${page}`)].map((name) => `${name} ready`).sort(),
    );
    for (const rendition of ['page-1', 'page-5', 'small']) {
      const { bytes, headers } = await download(ok(await tenant.api.downloadUrl(id, { rendition })).url);
      const { width, height } = await sharp(bytes).metadata();
      expect(headers.get('content-type')).toBe('image/jpeg');
      expect({ width, height }).toEqual(
        rendition === 'small' ? { width: 150, height: 150 } : { width: 1484, height: 1920 },
      );
      expect(metadataParts(bytes)).toEqual([]);
    }
    const original = await download(ok(await tenant.api.downloadUrl(id)).url);
    expect(original.bytes.equals(source)).toBe(true);
  });

  it('that opens with a password only is ready without renditions, and says why', async () => {
    const file = await ended(
      pagesPdf([{ text: ['secret'] }], { protect: { userPassword: 'open sesame', permissions: -4 } }),
      'ready',
    );

    expect(file.renditions.map(({ name, status, reason }) => ({ name, status, reason }))).toEqual(
      presets.map((name) => ({ name, status: 'skipped', reason: 'encrypted' })),
    );
    expect(file.media?.details?.security).toMatchObject({ encrypted: true, passwordRequired: true });
  });

  it('of which one page is broken has the others', async () => {
    const file = await ended(
      pagesPdf([{ text: ['one'] }, { object: '(no page)' }, { text: ['three'] }]),
      'ready',
    );

    const states = Object.fromEntries(file.renditions.map(({ name, status }) => [name, status]));
    expect(states).toMatchObject({
      'page-1': 'ready',
      'page-2': 'failed',
      'page-3': 'ready',
      small: 'ready',
    });
    expect(file.media?.text?.excerpt).toBe('one\n\nthree');
  });

  it('with a script in it is reported where the policy lets it in', async () => {
    const source = pagesPdf([{}], {
      root: `/OpenAction ${firstExtra(1)} 0 R`,
      extra: ['<</S/JavaScript/JS(app.alert\\(1\\))>>'],
    });

    const file = await ended(source, 'ready');

    expect(file.media?.details?.security).toMatchObject({ javascript: true, encrypted: false });
  });

  it('that is cut off in its middle fails, and stays as it was uploaded', async () => {
    const whole = await readFile(published('pdf-parse/test/data/04-valid.pdf'));
    const half = whole.subarray(0, whole.length / 2);

    const file = await ended(half, 'failed');

    expect(file.reason).toBe('malformed');
    expect(file.renditions.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      presets.map(() => 'failed malformed'),
    );
    const original = await download(ok(await tenant.api.downloadUrl(file.id)).url);
    expect(original.bytes.equals(half)).toBe(true);
  });
});
