import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant, type TestUser } from '../../support/tenants.ts';
import { download, eventsOf, readyText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

describe('a stored file', () => {
  let tenant: TestTenant;
  let id: string;
  beforeAll(async () => {
    tenant = await createTenant(engine, { roles: ['user', 'user', 'admin'] });
    id = await readyText(tenant.api);
  });

  it('moves, is renamed, described and made public, and each answer is the file with its new ETag', async () => {
    const { api } = tenant;
    const answers = [
      await api.changeFile(id, 'move', { newPath: 'Fotos/Ümläute 2026' }),
      await api.changeFile(id, 'rename', { newFilename: 'cafe\u0301.txt' }),
      await api.changeFile(id, 'tags', { tags: ['rot', 'rot', 'e\u0301'] }),
      await api.changeFile(id, 'metadata', { metadata: { 日本: '語' }, sensitivity: 'restricted' }),
      await api.changeFile(id, 'visibility', { isPublic: true }),
    ];
    for (const answer of answers) expect(answer.headers.get('etag')).toBe(ok(answer).etag);
    expect(new Set(answers.map((answer) => answer.body.etag)).size).toBe(answers.length);
    const expected = {
      path: '/Fotos/Ümläute 2026',
      filename: 'café.txt',
      tags: ['rot', 'é'],
      metadata: { 日本: '語' },
      sensitivity: 'restricted',
      isPublic: true,
    };
    expect(ok(await api.file(id))).toMatchObject(expected);
    expect(ok(await api.files({ path: '/Fotos/Ümläute 2026', tag: 'e\u0301' })).files).toHaveLength(1);
    expect(ok(await api.files({ path: '/' })).files).toEqual([]);
    expect((await eventsOf(api, id)).slice(-5)).toEqual([
      'file.moved',
      'file.moved',
      'file.changed',
      'file.changed',
      'file.changed',
    ]);
    const { url } = ok(await api.downloadUrl(id));
    expect((await download(url)).headers.get('content-disposition')).toContain(
      "filename*=UTF-8''caf%C3%A9.txt",
    );
  });

  it('is changed with its etag only while it has that etag', async () => {
    const { api } = tenant;
    const { etag } = ok(await api.file(id));
    const changes: Answer<unknown>[] = await Promise.all(
      Array.from({ length: 8 }, (_, n) => api.changeFile(id, 'tags', { tags: [`${n}`] }, etag)),
    );
    expect(changes.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const change of changes.filter(({ status }) => status !== 200)) {
      problem(change, 412, 'precondition_failed');
    }
    problem(await api.deleteFile(id, {}, etag), 412, 'precondition_failed');
    problem(await api.changeFile(id, 'move', { newPath: '/x' }, '"0"'), 412, 'precondition_failed');
    ok(await api.changeFile(id, 'tags', { tags: [] }, '*'));
  });

  it('takes changes of several at once, each of them', async () => {
    const { api } = tenant;
    const answers = await Promise.all([
      api.changeFile(id, 'tags', { tags: ['together'] }),
      api.changeFile(id, 'metadata', { metadata: { a: 'b' } }),
      api.changeFile(id, 'rename', { newFilename: 'together.txt' }),
      api.changeFile(id, 'move', { newPath: '/together' }),
    ]);
    for (const answer of answers) ok(answer);
    expect(ok(await api.file(id))).toMatchObject({
      tags: ['together'],
      metadata: { a: 'b' },
      filename: 'together.txt',
      path: '/together',
    });
  });

  it('does not go where another is, unless under a number', async () => {
    const { api } = tenant;
    const other = await readyText(tenant.api, { path: '/b', filename: 'together.txt' });
    problem(await api.changeFile(id, 'move', { newPath: '/b' }), 409, 'name_conflict');
    const moved = ok(await api.changeFile(id, 'move', { newPath: '/b', onConflict: 'rename' }));
    expect(moved.filename).toBe('together (2).txt');
    problem(await api.changeFile(other, 'rename', { newFilename: 'together (2).txt' }), 409, 'name_conflict');
  });

  it.each<[string, 'move' | 'rename' | 'tags' | 'metadata' | 'visibility', unknown]>([
    ['a path that leaves its folder', 'move', { newPath: '/a/../b' }],
    ['replacing by a move', 'move', { newPath: '/a', onConflict: 'replace' }],
    ['no path', 'move', {}],
    ['a slash in a name', 'rename', { newFilename: 'a/b' }],
    ['a tag with a bell', 'tags', { tags: ['x\u0007'] }],
    ['21 tags', 'tags', { tags: Array(21).fill('x') }],
    ['a number for text', 'metadata', { metadata: { a: 1 } }],
    ['more than 8 KiB', 'metadata', { metadata: { a: 'x'.repeat(8_192) } }],
    ['a field named __proto__', 'metadata', '{"metadata":{"__proto__":"x"}}'],
    ['half a surrogate pair', 'metadata', '{"metadata":{"a":"\\ud800"}}'],
    ['a word for a truth', 'visibility', { isPublic: 'yes' }],
    ['an unknown field', 'tags', { tags: [], extra: 1 }],
  ])('refuses %s', async (_what, change, body) => {
    problem(await tenant.api.changeFile(id, change, body), 400, 'validation_failed');
  });

  it('is no file to a colleague, whatever they try; an admin may change it, and lists it', async () => {
    const [owner, colleague, admin] = tenant.users as readonly [TestUser, TestUser, TestUser];
    for (const answer of [
      await colleague.api.changeFile(id, 'move', { newPath: '/' }),
      await colleague.api.changeFile(id, 'tags', { tags: [] }, '*'),
      await colleague.api.deleteFile(id, {}),
      await colleague.api.restoreFile(id),
      await colleague.api.changeFile(id, 'legal-hold', { hold: true, reason: 'x' }),
    ]) {
      problem(answer, 404, 'not_found');
    }
    problem(await colleague.api.files({ owner: owner.userId }), 403, 'forbidden');
    ok(await admin.api.changeFile(id, 'tags', { tags: ['by-admin'] }));
    const [seen] = ok(await admin.api.files({ owner: owner.userId, tag: 'by-admin' })).files;
    expect(seen?.id).toBe(id);
    const all = ok(await admin.api.files({ owner: 'all', status: 'available', sort: 'createdAt' }));
    expect(all.files.map((file) => file.id)).toContain(id);
    problem(await admin.api.files({ owner: 'all' }), 400, 'validation_failed');
  });

  it('is among what is shared with a colleague for as long as it is shared', async () => {
    const [owner, colleague] = tenant.users as readonly [TestUser, TestUser];
    ok(await owner.api.share(id, colleague.userId, { access: 'read' }));
    const { files } = ok(await colleague.api.files({ shared: true }));
    expect(files).toMatchObject([{ id, ownerId: owner.userId, share: { access: 'read' } }]);
    expect(ok(await colleague.api.files({ shared: true, type: 'image' })).files).toEqual([]);
    expect(ok(await owner.api.files({ shared: true })).files).toEqual([]);
    await owner.api.endShare(id, colleague.userId);
    expect(ok(await colleague.api.files({ shared: true })).files).toEqual([]);
  });

  it('under legal hold stays, for admins too, until the hold ends', async () => {
    const [owner, , admin] = tenant.users as readonly [TestUser, TestUser, TestUser];
    problem(await owner.api.changeFile(id, 'legal-hold', { hold: true, reason: 'x' }), 403, 'forbidden');
    problem(await admin.api.changeFile(id, 'legal-hold', { hold: true }), 400, 'validation_failed');
    const held = ok(await admin.api.changeFile(id, 'legal-hold', { hold: true, reason: 'case 12' }));
    expect(held).toMatchObject({ legalHold: { reason: 'case 12', by: admin.userId } });
    for (const query of [{}, { hard: true }]) {
      problem(await admin.api.deleteFile(id, query), 403, 'legal_hold');
    }
    ok(await admin.api.changeFile(id, 'legal-hold', { hold: false }));
    expect((await owner.api.deleteFile(id, {})).status).toBe(204);
  });
});
