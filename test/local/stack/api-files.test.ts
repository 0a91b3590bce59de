import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Call, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { corners } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant, type TestUser } from '../../support/tenants.ts';
import { download, octets, untilStatus, upload, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

describe('the list of files', () => {
  let tenant: TestTenant;
  let unfinished: string;
  const names = async (query: Call['query']): Promise<string[]> =>
    ok(await tenant.api.files(query)).files.map((file) => file.filename);

  beforeAll(async () => {
    tenant = await createTenant(engine, { roles: ['user', 'admin'] });
    const { api } = tenant;
    const texts = [
      { path: '/', filename: 'c.txt', tags: ['red'] },
      { path: '/docs', filename: 'b.txt', tags: ['red', 'blue'] },
      { path: '/docs/deep', filename: 'a.txt' },
      { path: '/docs2', filename: 'd.txt' },
    ];
    for (const text of texts) await untilStatus(api, await uploadText(api, text.filename, text), 'ready');
    const image = await upload(
      api,
      { path: '/docs', filename: 'e.png', mimeType: 'image/png' },
      await corners(40, 30),
    );
    await untilStatus(api, image, 'ready');
    unfinished = ok(await api.initiate(octets(1, { path: '/docs', filename: 'f.bin' }))).fileId;
  });

  it.each<{ query: Call['query']; expected: string[] }>([
    { query: {}, expected: ['f.bin', 'e.png', 'd.txt', 'a.txt', 'b.txt', 'c.txt'] },
    { query: { sort: 'createdAt' }, expected: ['c.txt', 'b.txt', 'a.txt', 'd.txt', 'e.png', 'f.bin'] },
    { query: { path: '/docs' }, expected: ['b.txt', 'e.png', 'f.bin'] },
    { query: { path: 'docs/', sort: '-name' }, expected: ['f.bin', 'e.png', 'b.txt'] },
    { query: { path: '/docs', sort: '-createdAt' }, expected: ['f.bin', 'e.png', 'b.txt'] },
    { query: { path: '/docs', recursive: true }, expected: ['f.bin', 'e.png', 'a.txt', 'b.txt'] },
    {
      query: { path: '/', recursive: true, status: 'ready', type: 'text' },
      expected: ['d.txt', 'a.txt', 'b.txt', 'c.txt'],
    },
    { query: { path: '/nowhere' }, expected: [] },
    { query: { status: 'uploading' }, expected: ['f.bin'] },
    { query: { status: 'pending' }, expected: ['f.bin'] },
    { query: { status: 'available', type: 'image' }, expected: ['e.png'] },
    { query: { status: 'uploaded', type: 'image/png' }, expected: ['e.png'] },
    { query: { status: 'ended' }, expected: [] },
    { query: { tag: 'red' }, expected: ['b.txt', 'c.txt'] },
    { query: { tag: 'blue', path: '/docs' }, expected: ['b.txt'] },
    { query: { limit: 2, offset: 1 }, expected: ['e.png', 'd.txt'] },
    { query: { sort: '-size', type: 'image' }, expected: ['e.png'] },
    { query: { sort: 'size', path: '/docs' }, expected: ['f.bin', 'b.txt', 'e.png'] },
    { query: { sort: '-updatedAt', status: 'ready', limit: 1 }, expected: ['e.png'] },
    { query: { from: '2000-01-01T00:00:00Z', to: '2000-01-02T00:00:00+01:00' }, expected: [] },
    { query: { from: '2000-01-01T00:00:00Z', path: '/docs/deep' }, expected: ['a.txt'] },
    { query: { owner: 'self', path: '/docs2' }, expected: ['d.txt'] },
    { query: { shared: true }, expected: [] },
  ])('of $query is $expected', async ({ query, expected }) => {
    expect(await names(query)).toEqual(expected);
  });

  it.each<{ query: Call['query'] }>([
    { query: { sort: '-createdAt' } },
    { query: { sort: 'createdAt', type: 'text' } },
    { query: { path: '/docs' } },
    { query: { path: '/docs', sort: '-name' } },
    { query: { path: '/docs', recursive: true } },
    { query: { sort: '-updatedAt' } },
    { query: { sort: 'size', status: 'ready' } },
  ])('page by page of $query is the same as at once', async ({ query }) => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = ok(await tenant.api.files({ ...query, limit: 1, cursor }));
      expect(page.files.length).toBeLessThanOrEqual(1);
      found.push(...page.files.map((file) => file.filename));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(found).toEqual(await names(query));
  });

  it.each<{ query: Call['query']; code: string }>([
    { query: { limit: 0 }, code: 'validation_failed' },
    { query: { limit: 1_001 }, code: 'validation_failed' },
    { query: { limit: 'many' }, code: 'validation_failed' },
    { query: { offset: 1_001 }, code: 'validation_failed' },
    { query: { status: 'purged' }, code: 'validation_failed' },
    { query: { status: 'toString' }, code: 'validation_failed' },
    { query: { sort: 'colour' }, code: 'validation_failed' },
    { query: { owner: 'all', status: 'ready' }, code: 'forbidden' },
    { query: { owner: 'a#b' }, code: 'validation_failed' },
    { query: { from: 'yesterday' }, code: 'validation_failed' },
    { query: { shared: true, path: '/' }, code: 'validation_failed' },
    { query: { sort: 'name' }, code: 'validation_failed' },
    { query: { path: '/a/../b' }, code: 'validation_failed' },
    { query: { recursive: 'perhaps' }, code: 'validation_failed' },
    { query: { cursor: 'forged' }, code: 'cursor_invalid' },
    { query: { cursor: Buffer.from('["a"]').toString('base64url') }, code: 'cursor_invalid' },
    { query: { cursor: Buffer.from('["",""]').toString('base64url') }, code: 'cursor_invalid' },
  ])('is refused for $query: $code', async ({ query, code }) => {
    problem(await tenant.api.files(query), code === 'forbidden' ? 403 : 400, code);
  });

  it('is each caller’s own', async () => {
    const [, admin] = tenant.users as readonly [TestUser, TestUser];
    expect(ok(await admin.api.files()).files).toEqual([]);
    const cursor = ok(await tenant.api.files({ limit: 1 })).nextCursor ?? undefined;
    expect(ok(await admin.api.files({ cursor })).files).toEqual([]);
  });

  it('shows what a file is, without what a listing has no room for', async () => {
    const [file] = ok(await tenant.api.files({ tag: 'blue' })).files;
    expect(file).toMatchObject({
      path: '/docs',
      filename: 'b.txt',
      mimeType: 'text/plain',
      size: 5,
      status: 'ready',
      progress: 100,
      tags: ['red', 'blue'],
      tenantId: tenant.tenantId,
      ownerId: tenant.users[0].userId,
    });
    expect(JSON.stringify(file)).not.toMatch(/libraryKey|VersionId|tenants\//);
  });

  it('an unfinished file has no download, and cannot be deleted but by aborting', async () => {
    problem(await tenant.api.downloadUrl(unfinished), 409, 'upload_state_conflict');
    problem(await tenant.api.deleteFile(unfinished), 409, 'upload_state_conflict');
    problem(await tenant.api.deleteFile(unfinished, {}), 409, 'upload_state_conflict');
  });
});

describe('a file', () => {
  it('has an ETag that changes with it, a status and a timeline', async () => {
    const { api } = await createTenant(engine);
    const started = ok(
      await api.initiate(octets(3, { metadata: { project: 'Ä' }, originalName: 'Original.bin' })),
    );
    const before = await api.file(started.fileId);
    expect(before.body).toMatchObject({
      metadata: { project: 'Ä' },
      originalName: 'Original.bin',
      version: 1,
    });
    expect(before.headers.get('etag')).toBe(before.body.etag);
    await fetch(started.parts[0]?.url ?? '', { method: 'PUT', body: 'abc' });
    const after = await untilStatus(api, started.fileId, 'ready');
    expect(after.etag).not.toBe(before.body.etag);
    expect(ok(await api.status(started.fileId))).toMatchObject({
      id: started.fileId,
      status: 'ready',
      progress: 100,
      estimatedSeconds: 0,
    });
    const { events } = ok(await api.timeline(started.fileId));
    expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).sort());
    expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length);
  });

  it('gives URLs as long as asked for, inline only where that is safe', async () => {
    const { api } = await createTenant(engine);
    const id = await uploadText(api, 'hello');
    await untilStatus(api, id, 'ready');
    const image = await upload(
      api,
      { path: '/', filename: 'a.png', mimeType: 'image/png' },
      await corners(400, 300),
    );
    await untilStatus(api, image, 'ready');

    const short = ok(await api.downloadUrl(id, { expirationSeconds: 60, disposition: 'inline' }));
    expect(Date.parse(short.expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    expect((await download(short.url)).bytes.toString()).toBe('hello');
    expect(new URL(short.url).searchParams.get('response-content-disposition')).toMatch(/^inline/);
    const small = ok(await api.downloadUrl(image, { rendition: 'small', disposition: 'inline' }));
    expect((await download(small.url)).headers.get('content-disposition')).toMatch(/^inline; filename=/);

    problem(await api.downloadUrl(id, { expirationSeconds: 59 }), 400, 'validation_failed');
    problem(await api.downloadUrl(id, { expirationSeconds: 86_401 }), 400, 'validation_failed');
    problem(await api.downloadUrl(id, { disposition: 'script' }), 400, 'validation_failed');
    problem(await api.downloadUrl(id, { rendition: 'page-2' }), 404, 'not_found');
    problem(await api.downloadUrl(image, { rendition: 'toString' }), 404, 'not_found');
  });

  it('of which nobody has heard is not found', async () => {
    const { api } = await createTenant(engine);
    for (const answer of [
      await api.file('x'),
      await api.status('x'),
      await api.timeline('x'),
      await api.deleteFile('x'),
    ]) {
      problem(answer, 404, 'not_found');
    }
  });
});

describe('requests of one user', () => {
  it('are bounded: 600 a minute, and told when to come back', async () => {
    const { api } = await createTenant(engine);
    // Twice the bound and one more: refused even where the minute turns in between.
    const calls = 1_201;
    const answers = [];
    for (let sent = 0; sent < calls; sent += 100) {
      const some = Array.from({ length: Math.min(100, calls - sent) }, () => api.quota());
      answers.push(...(await Promise.all(some)));
      if (answers.at(-1)?.status === 429) break;
    }
    const refused = answers.find((answer) => answer.status === 429);
    if (!refused) throw new Error('1,201 requests in a minute were let through');
    problem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });
});
