import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { untilEnded } from '../../support/jobs.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, type TestUser, usageOf } from '../../support/tenants.ts';
import { foldersOf, plantTree } from '../../support/trees.ts';
import { octets, untilStatus, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const countsOf = ({ path, files, folders }: { path: string; files: number; folders: number }) =>
  `${path} ${files}+${folders}`;

it('folders are made with their parents, listed by name and page, and count what lies in them', async () => {
  const { api } = await createTenant(engine);
  expect(ok(await api.folders())).toEqual({ path: '/', files: 0, folders: [] });

  const made = await api.createFolder('/photos/2026/Zoë');
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ path: '/photos/2026/Zoë', name: 'Zoë', files: 0, folders: 0 });
  for (const name of ['a', 'b', 'c']) ok(await api.createFolder(`/photos/${name}`));
  ok(await api.initiate(octets(1, { path: '/photos/b' })));
  ok(await api.initiate(octets(1, { path: '/photos' })));

  const [first, second] = [await api.folders({ path: '/photos', limit: 3 }), await api.folders()];
  expect(ok(first).files).toBe(1);
  expect(ok(first).folders.map(countsOf)).toEqual(['/photos/2026 0+1', '/photos/a 0+0', '/photos/b 1+0']);
  expect(ok(second).folders.map(countsOf)).toEqual(['/photos 1+4']);
  const rest = ok(await api.folders({ path: 'photos/', limit: 3, cursor: first.body.nextCursor }));
  expect(rest.folders.map(countsOf)).toEqual(['/photos/c 0+0']);
  expect(rest.nextCursor).toBeUndefined();
});

it('a folder is made once, whatever its Unicode form, and refusals say what is wrong', async () => {
  const { api } = await createTenant(engine);
  ok(await api.createFolder('/caf\u00e9'));

  problem(await api.createFolder('/cafe\u0301'), 409, 'name_conflict');
  problem(await api.createFolder('/'), 409, 'name_conflict');
  problem(await api.createFolder('/a/../b'), 400, 'validation_failed');
  problem(await api.createFolder(`/${'x/'.repeat(513)}`), 400, 'validation_failed');
  problem(await api.folders({ path: '/nowhere' }), 404, 'not_found');
  problem(await api.folders({ cursor: 'forged' }), 400, 'cursor_invalid');
  problem(await api.moveFolder({ path: '/nowhere', newPath: '/x' }), 404, 'not_found');
  problem(await api.moveFolder({ path: '/caf\u00e9', newPath: '/caf\u00e9/x' }), 400, 'validation_failed');
  problem(await api.deleteFolder({ path: '/nowhere' }), 404, 'not_found');
  problem(await api.deleteFolder({ path: '/' }), 400, 'validation_failed');
});

it("somebody's folders are for admins of the tenant only", async () => {
  const { users } = await createTenant(engine, { roles: ['user', 'user', 'admin'] });
  const [owner, colleague, admin] = users as [TestUser, TestUser, TestUser];
  ok(await owner.api.createFolder('/mine'));
  const query = { owner: owner.userId, path: '/mine' };

  expect(ok(await admin.api.folders(query)).path).toBe('/mine');
  problem(await colleague.api.folders(query), 404, 'not_found');
  const { jobId } = ok(await owner.api.deleteFolder({ path: '/mine' }));
  problem(await colleague.api.job(jobId), 404, 'not_found');
  expect(ok(await admin.api.job(jobId))).toMatchObject({ jobId, kind: 'folder.delete' });
});

const shape = { folders: 4, subFolders: 3, filesPerFolder: 20 };

it('a tree of 320 files moves with every folder, and its counts are exact', async () => {
  const tenant = await createTenant(engine);
  const owner = { tenantId: tenant.tenantId, ownerId: tenant.users[0].userId };
  const files = await plantTree(engine, owner, '/tree', shape);
  const before = await usageOf(tenant.api);

  const { jobId } = ok(await tenant.api.moveFolder({ path: '/tree', newPath: '/new/place' }));
  const job = await untilEnded(tenant.api, jobId);

  expect(job).toMatchObject({ status: 'done', progress: { total: 320, done: 320, failed: 0 } });
  expect(new Set(job.results.map(({ fileId }) => fileId))).toEqual(
    new Set(files.map(({ fileId }) => fileId)),
  );
  problem(await tenant.api.folders({ path: '/tree' }), 404, 'not_found');
  for (const path of foldersOf('/new/place', shape)) {
    const isRoot = path === '/new/place';
    const { files, folders } = ok(await tenant.api.folders({ path }));
    const below = isRoot ? shape.folders : path.split('/').length === 4 ? shape.subFolders : 0;
    expect({ path, files, folders: folders.length }).toEqual({
      path,
      files: isRoot ? 0 : shape.filesPerFolder,
      folders: below,
    });
  }
  expect(ok(await tenant.api.folders()).folders.map(countsOf)).toEqual(['/new 0+1']);
  const listed = ok(await tenant.api.files({ path: '/new/place/0/0', limit: 100 })).files;
  expect(listed).toHaveLength(shape.filesPerFolder);
  expect(await usageOf(tenant.api)).toEqual(before);

  const deletion = ok(await tenant.api.deleteFolder({ path: '/new' }));
  expect(await untilEnded(tenant.api, deletion.jobId)).toMatchObject({ progress: { done: 320, failed: 0 } });
  expect(ok(await tenant.api.folders()).folders).toEqual([]);
  expect(await usageOf(tenant.api)).toEqual(before);
});

it('a deleted folder goes to the trash, comes back with its files, and can go for good', async () => {
  const { api } = await createTenant(engine);
  const fileId = await uploadText(api, 'kept', { path: '/a/b', filename: 'note.txt' });
  await untilStatus(api, fileId, 'ready');

  const { jobId } = ok(await api.deleteFolder({ path: '/a' }));
  await untilEnded(api, jobId);
  problem(await api.folders({ path: '/a' }), 404, 'not_found');
  expect(ok(await api.file(fileId)).status).toBe('deleted');

  const restored = ok(await api.bulk({ action: 'restore', fileIds: [fileId] }));
  expect(await untilEnded(api, restored.jobId)).toMatchObject({ progress: { total: 1, done: 1 } });
  expect(ok(await api.folders({ path: '/a' })).folders.map(countsOf)).toEqual(['/a/b 1+0']);

  const purge = ok(await api.deleteFolder({ path: '/a', hard: true }));
  expect(await untilEnded(api, purge.jobId)).toMatchObject({ progress: { total: 1, done: 1 } });
  problem(await api.file(fileId), 404, 'not_found');
  expect(await usageOf(api)).toEqual(noUsage);
});
