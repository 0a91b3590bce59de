import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { colourAt, colourDistance, photo, plain, privateMark } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { download, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

interface Started {
  readonly jobs: readonly { jobId: string; type: string; queue: string; estimatedSeconds: number }[];
}
const process = (api: Api, id: string, operations: readonly object[]) =>
  api.call<Started>('POST', `/storage/files/${id}/process`, { body: { operations } });
const untilDone = (api: Api, jobId: string) =>
  eventually(`job ${jobId} has ended`, async () => {
    const job = ok(await api.job(jobId));
    return ['done', 'failed'].includes(job.status) ? job : undefined;
  });
const namesOf = (jobId = ''): string[] => jobId.split('.')[2]?.split('~') ?? [];
const rendition = async (api: Api, id: string, name: string) =>
  (await download(ok(await api.downloadUrl(id, { rendition: name })).url)).bytes;
const stored = async (api: Api, filename: string, bytes: Buffer) => {
  const mimeType = filename.endsWith('.png') ? 'image/png' : 'image/jpeg';
  const id = await upload(api, { path: '/', filename, mimeType }, bytes);
  await untilStatus(api, id, 'ready');
  return id;
};

describe('operations on a stored picture', () => {
  let tenant: TestTenant;
  let source: Buffer;
  let fileId: string;
  beforeAll(async () => {
    const renditionPresets = [
      { name: 'tile', fit: 'cover', width: 64, height: 48, format: 'webp', quality: 60 },
    ] as const;
    tenant = await createTenant(engine, {
      policy: { slotsPerUser: 100, initiationsPerMinute: 10_000, renditionPresets },
      roles: ['user', 'user'],
    });
    source = await photo({ width: 640, height: 480, quality: 98, orientation: 6 });
    fileId = await stored(tenant.api, 'photo.jpg', source);
  });

  it("begin with the tenant's own presets", async () => {
    const { renditions } = ok(await tenant.api.file(fileId));
    expect(renditions.map(({ name, status }) => ({ name, status }))).toEqual([
      { name: 'tile', status: 'ready' },
    ]);
    const { format, width, height } = await sharp(await rendition(tenant.api, fileId, 'tile')).metadata();
    expect({ format, width, height }).toEqual({ format: 'webp', width: 64, height: 48 });
  });

  it('make each result once, open it by its name, and leave the original as it is', async () => {
    const { api } = tenant;
    const asked = [
      { type: 'compress' },
      { type: 'thumbnails', params: { sizes: [32, 16] }, priority: 'urgent' },
      { type: 'convert', params: { format: 'png', metadata: 'keep' } },
      { type: 'watermark', params: { text: '<b>© & Sons</b>' } },
    ];
    const { jobs } = ok(await process(api, fileId, asked));
    expect(jobs.map(({ type, queue }) => `${type} ${queue}`)).toEqual(
      asked.map(({ type }) => `${type} imagesUrgent`),
    );
    const again = ok(await process(api, fileId, asked)).jobs;
    expect(again.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId));

    for (const { jobId } of jobs) {
      expect(await untilDone(api, jobId)).toMatchObject({ status: 'done', progress: { failed: 0 } });
    }
    const file = await untilStatus(api, fileId, 'ready');
    const names = jobs.flatMap(({ jobId }) => namesOf(jobId));
    expect(names.slice(0, 4)).toEqual(['compress-q85', 'thumbnail-32', 'thumbnail-16', 'convert-png-keep']);
    expect(file.renditions.map(({ name }) => name).sort()).toEqual(['tile', ...names].sort());
    const compressed = file.renditions.find(({ name }) => name === 'compress-q85');
    const bytes = await rendition(api, fileId, 'compress-q85');
    expect(compressed).toMatchObject({
      ...{ status: 'ready', mimeType: 'image/jpeg', width: 480, height: 640, onDemand: true },
      ...{ size: bytes.length, bytesSaved: source.length - bytes.length, createdAt: expect.any(String) },
    });
    expect(await sharp(bytes).metadata()).toMatchObject({ isProgressive: true, width: 480, height: 640 });
    expect(bytes.includes(privateMark)).toBe(false);
    const kept = await sharp(await rendition(api, fileId, 'convert-png-keep')).metadata();
    expect(kept.exif?.includes('Penstock 7')).toBe(true);

    const done = ok(await process(api, fileId, asked)).jobs;
    expect(done.map(({ estimatedSeconds }) => estimatedSeconds)).toEqual([0, 0, 0, 0]);
    expect(ok(await api.file(fileId))).toEqual(file);
    const original = await download(ok(await api.downloadUrl(fileId)).url);
    expect(original.bytes.equals(source)).toBe(true);
    // A listing holds what every picture has, not what was asked for of one.
    const [listed] = ok(await api.files()).files;
    expect(listed?.renditions.map(({ name }) => name)).toEqual(['tile']);
  });

  it("put a stored image onto another, not a colleague's private one, and never another tenant's", async () => {
    const { api, users } = tenant;
    const square = await plain([255, 0, 255]).png().toBuffer();
    const logo = await stored(api, 'logo.png', square);
    const other = await createTenant(engine);
    const foreign = await stored(other.api, 'foreign.png', square);
    const watermark = (id: string) => [{ type: 'watermark', params: { fileId: id, opacity: 1 } }];

    problem(await process(api, fileId, watermark(foreign)), 404, 'not_found');
    const colleague = users[1]?.api as Api;
    const theirs = await stored(colleague, 'theirs.jpg', await photo({ width: 200, height: 200 }));
    problem(await process(colleague, theirs, watermark(logo)), 404, 'not_found');
    problem(await process(colleague, fileId, [{ type: 'compress' }]), 404, 'not_found');

    const [job] = ok(await process(api, fileId, watermark(logo))).jobs;
    await untilDone(api, job?.jobId ?? '');
    const marked = await rendition(api, fileId, namesOf(job?.jobId)[0] ?? '');
    expect(colourDistance(await colourAt(marked, 0.9, 0.95), [255, 0, 255])).toBeLessThan(30);
    problem(await colleague.job(job?.jobId ?? ''), 404, 'not_found');
  });

  it('are refused where they make no sense', async () => {
    const { api } = tenant;
    const refused = async (operation: object) =>
      problem(await process(api, fileId, [operation]), 400, 'validation_failed');
    await refused({ type: 'enlarge' });
    await refused({ type: 'resize', params: {} });
    await refused({ type: 'resize', params: { width: 0 } });
    await refused({ type: 'convert', params: { format: 'heic' } });
    await refused({ type: 'watermark', params: {} });
    await refused({ type: 'watermark', params: { text: '\u200b' } });
    await refused({ type: 'watermark', params: { text: 'x', opacity: 2 } });
    await refused({ type: 'compress', params: { quality: 85, bucket: 'x' } });
    const text = await upload(
      api,
      { path: '/', filename: 'a.txt', mimeType: 'text/plain' },
      Buffer.from('text'),
    );
    await untilStatus(api, text, 'ready');
    problem(await process(api, text, [{ type: 'compress' }]), 415, 'type_not_allowed');
  });
});
