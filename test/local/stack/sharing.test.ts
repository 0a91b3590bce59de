import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { changeUser, createTenant, type TestTenant } from '../../support/tenants.ts';
import { plainText, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const text = 'for some eyes only';

/** A tenant with an owner of one stored file, a colleague and an admin. */
async function office() {
  const tenant: TestTenant = await createTenant(engine, { roles: ['user', 'user', 'admin'] });
  const [alice, bob, admin] = tenant.users;
  if (!bob || !admin) throw new Error('the tenant lacks users');
  const fileId = await upload(alice.api, plainText(text), Buffer.from(text));
  await untilStatus(alice.api, fileId, 'ready');
  return { tenant, alice, bob, admin, fileId };
}

const later = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

it('a share opens a file for reading until it is ended, and nothing of it before or after', async () => {
  const { alice, bob, fileId } = await office();
  problem(await bob.api.file(fileId), 404, 'not_found');

  const share = ok(await alice.api.share(fileId, bob.userId));

  expect(share).toMatchObject({ userId: bob.userId, access: 'read', createdBy: alice.userId });
  expect(ok(await alice.api.shares(fileId)).shares).toEqual([share]);
  expect(ok(await bob.api.file(fileId)).id).toBe(fileId);
  expect(ok(await bob.api.timeline(fileId)).events.at(-1)).toMatchObject({ type: 'file.shared' });
  const { url } = ok(await bob.api.downloadUrl(fileId));
  expect(await (await fetch(url)).text()).toBe(text);
  expect(ok(await bob.api.files({ shared: true })).files.map(({ id }) => id)).toEqual([fileId]);
  expect(ok(await bob.api.files()).files).toEqual([]);

  expect((await alice.api.endShare(fileId, bob.userId)).status).toBe(204);
  expect((await alice.api.endShare(fileId, bob.userId)).status).toBe(204);

  problem(await bob.api.file(fileId), 404, 'not_found');
  problem(await bob.api.downloadUrl(fileId), 404, 'not_found');
  expect(ok(await bob.api.files({ shared: true })).files).toEqual([]);
});

it('a read share changes nothing, a write share what the file says, neither who sees it or where it lies', async () => {
  const { alice, bob, fileId } = await office();
  const change = (what: string, body: unknown) =>
    bob.api.call('PUT', `/storage/files/${fileId}/${what}`, { body });
  const manage = () =>
    Promise.all([
      change('move', { newPath: '/elsewhere' }),
      change('visibility', { isPublic: true }),
      bob.api.deleteFile(fileId, {}),
      bob.api.deleteFile(fileId),
      bob.api.share(fileId, bob.userId),
      bob.api.shares(fileId),
      bob.api.endShare(fileId, bob.userId),
    ]);
  ok(await alice.api.share(fileId, bob.userId));
  problem(await change('tags', { tags: ['mine'] }), 403, 'forbidden');
  for (const answer of await manage()) problem(answer, 403, 'forbidden');

  ok(await alice.api.share(fileId, bob.userId, { access: 'write', expiresAt: later(3_600) }));

  ok(await change('tags', { tags: ['mine'] }));
  ok(await change('rename', { newFilename: 'better.txt' }));
  for (const answer of await manage()) problem(answer, 403, 'forbidden');
  expect(ok(await alice.api.file(fileId))).toMatchObject({
    filename: 'better.txt',
    tags: ['mine'],
    path: '/',
  });
});

it('a share ends by itself', async () => {
  const { alice, bob, fileId } = await office();
  ok(await alice.api.share(fileId, bob.userId, { access: 'read', expiresAt: later(2) }));
  expect((await bob.api.file(fileId)).status).toBe(200);
  await expect.poll(async () => (await bob.api.file(fileId)).status, { timeout: 30_000 }).toBe(404);
});

it('what is in the trash is there for its owner and admins only, and is not downloaded', async () => {
  const { alice, bob, admin, fileId } = await office();
  ok(await alice.api.share(fileId, bob.userId, { access: 'write' }));
  expect((await alice.api.deleteFile(fileId, {})).status).toBe(204);

  problem(await bob.api.file(fileId), 404, 'not_found');
  expect(ok(await admin.api.file(fileId)).status).toBe('deleted');
  expect(problem(await alice.api.downloadUrl(fileId), 409, 'upload_state_conflict').detail).toContain(
    'Restore',
  );
});

it('is only for users of the tenant, and tells nothing of others', async () => {
  const { tenant, alice, bob, fileId } = await office();
  const foreign = await createTenant(engine);
  const unknown = problem(await alice.api.share(fileId, 'nobody'), 404, 'not_found');
  const elsewhere = problem(await alice.api.share(fileId, foreign.users[0].userId), 404, 'not_found');
  await changeUser(engine, tenant.tenantId, bob.userId, { status: 'inactive' });
  const inactive = problem(await alice.api.share(fileId, bob.userId), 404, 'not_found');

  expect(new Set([unknown, elsewhere, inactive].map(({ detail }) => detail)).size).toBe(1);
  problem(await alice.api.share(fileId, alice.userId), 400, 'validation_failed');
  for (const body of [
    {},
    { access: 'own' },
    { access: 'read', expiresAt: later(-1) },
    { access: 'read', by: 'x' },
  ]) {
    problem(await alice.api.share(fileId, bob.userId, body), 400, 'validation_failed');
  }
  // To another tenant the file does not exist, whoever it would be shared with.
  problem(await foreign.api.share(fileId, foreign.users[0].userId), 404, 'not_found');
  problem(await foreign.api.shares(fileId), 404, 'not_found');
});

it("an admin's access to somebody else's file is marked in its events", async () => {
  const { alice, bob, admin, fileId } = await office();
  ok(await admin.api.share(fileId, bob.userId));

  const [last] = ok(await alice.api.timeline(fileId)).events.slice(-1);
  expect(last).toMatchObject({ type: 'file.shared', data: { userId: bob.userId, via: 'admin' } });
});

it('a purge takes the shares with it', async () => {
  const { alice, bob, fileId } = await office();
  ok(await alice.api.share(fileId, bob.userId));
  expect((await alice.api.deleteFile(fileId)).status).toBe(204);

  problem(await bob.api.file(fileId), 404, 'not_found');
  await expect
    .poll(async () => ok(await bob.api.files({ shared: true })).files, { timeout: 30_000 })
    .toEqual([]);
});
