import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, inject, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { untilEnded } from '../../support/jobs.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestUser } from '../../support/tenants.ts';
import { untilStatus, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** How long a change may take until it is found: the outbox, the bus and a batch of the queue. */
const secondsToFind = 30;

const idsOf = async ({ api }: TestUser, q: string, more: Record<string, string | number> = {}) =>
  ok(await api.search({ q, ...more })).hits.map(({ file }) => file.id);

const untilFound = (who: TestUser, q: string, expected: readonly string[]) =>
  expect
    .poll(async () => (await idsOf(who, q)).sort(), { timeout: secondsToFind * 1000, interval: 500 })
    .toEqual([...expected].sort());

async function office() {
  const tenant = await createTenant(engine, {
    roles: ['user', 'user', 'admin'],
    // Every search is told to the audit, too.
    policy: { slotsPerUser: 100, initiationsPerMinute: 10_000, auditLevel: 'full' },
  });
  const [alice, bob, admin] = tenant.users;
  if (!bob || !admin) throw new Error('the tenant lacks users');
  return { tenant, alice, bob, admin };
}

type Office = Awaited<ReturnType<typeof office>>;
let acme: Office;
beforeAll(async () => {
  acme = await office();
});

it('finds a file by its name, tags, metadata and text soon after each of them changed, and not after its deletion', async () => {
  const { alice } = acme;
  const { api } = alice;
  const fileId = await uploadText(api, 'The turbine of unit seven runs on new bearings.', {
    filename: 'QuarterlyReport_2026.txt',
  });
  await untilStatus(api, fileId, 'ready');

  await untilFound(alice, 'quarterly report', [fileId]);
  await untilFound(alice, 'turbine bearings', [fileId]);
  // The beginning of a word, and a word with a mistake.
  expect(await idsOf(alice, 'quart')).toEqual([fileId]);
  expect(await idsOf(alice, 'reprot')).toEqual([fileId]);
  const [hit] = ok(await api.search({ q: 'bearings' })).hits;
  expect(hit?.highlights).toEqual([
    {
      field: 'text',
      fragments: [
        { text: 'The turbine of unit seven runs on new ', match: false },
        { text: 'bearings', match: true },
        { text: '.', match: false },
      ],
    },
  ]);

  ok(await api.changeFile(fileId, 'rename', { newFilename: 'wintergarden.txt' }));
  ok(await api.changeFile(fileId, 'tags', { tags: ['greenhouse'] }));
  ok(await api.changeFile(fileId, 'metadata', { metadata: { project: 'Phoenix' } }));
  await untilFound(alice, 'wintergarden', [fileId]);
  await untilFound(alice, 'greenhouse', [fileId]);
  await untilFound(alice, 'phoenix', [fileId]);
  expect(await idsOf(alice, 'quarterly')).toEqual([]);
  expect(await idsOf(alice, 'wintergarden', { type: 'text', tag: 'greenhouse', path: '/' })).toEqual([
    fileId,
  ]);
  expect(await idsOf(alice, 'wintergarden', { minSize: 1_000 })).toEqual([]);

  expect((await api.deleteFile(fileId, {})).status).toBe(204);
  expect(await idsOf(alice, 'wintergarden')).toEqual([]);
  ok(await api.restoreFile(fileId));
  await untilFound(alice, 'wintergarden', [fileId]);
  expect((await api.deleteFile(fileId)).status).toBe(204);
  expect(await idsOf(alice, 'wintergarden')).toEqual([]);
});

it('shows nobody what is somebody else’s', async () => {
  const { alice, bob, admin } = acme;
  const foreign = await office();
  const fileId = await uploadText(alice.api, 'for some eyes only', { filename: 'zeppelin.txt' });
  await untilStatus(alice.api, fileId, 'ready');
  await untilFound(alice, 'zeppelin', [fileId]);

  expect(await idsOf(bob, 'zeppelin')).toEqual([]);
  expect(await idsOf(foreign.alice, 'zeppelin')).toEqual([]);
  expect(await idsOf(foreign.admin, 'zeppelin')).toEqual([]);
  expect(await idsOf(admin, 'zeppelin')).toEqual([fileId]);
  expect(await idsOf(admin, 'zeppelin', { owner: admin.userId })).toEqual([]);

  ok(await alice.api.share(fileId, bob.userId));
  await untilFound(bob, 'zeppelin', [fileId]);
  expect((await alice.api.endShare(fileId, bob.userId)).status).toBe(204);
  expect(await idsOf(bob, 'zeppelin')).toEqual([]);
});

it('pages through many hits without repeating or leaving out one', async () => {
  const { alice } = await office();
  const names = Array.from({ length: 4 }, (_, number) => `kayak-${number}.txt`);
  const fileIds = await Promise.all(
    names.map((filename) => uploadText(alice.api, 'down the river', { filename })),
  );
  // What is found moves among the hits while it changes: once all texts are in the index, nothing moves.
  await untilFound(alice, 'river', fileIds);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = ok(await alice.api.search({ q: 'kayak', limit: 2, cursor }));
    seen.push(...page.hits.map(({ file }) => file.id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen.sort()).toEqual(fileIds.sort());
});

it('merges what many changes have left', async () => {
  const { tenant, alice } = await office();
  const fileId = await uploadText(alice.api, 'restless', { filename: 'restless.txt' });
  const names = 'anchor basket candle dragon engine feather garden hammer island jacket'.split(' ');
  expect(names.length).toBeGreaterThan(defaultLimits.search.segmentsMax);
  for (const name of names) {
    ok(await alice.api.changeFile(fileId, 'rename', { newFilename: `${name}.txt` }));
    // Found one by one, each has come in a batch of its own.
    await untilFound(alice, name, [fileId]);
  }

  const { Item } = await engine.db.send(
    new GetCommand({ TableName: engine.stack.tableName, Key: keys.searchIndex(tenant.tenantId) }),
  );
  expect(Object.keys(Item?.segments).length).toBeLessThanOrEqual(defaultLimits.search.segmentsMax);
  expect(Object.keys(Item?.retired).length).toBeGreaterThan(0);
});

it('finds everything again when an admin has the lost index built anew', async () => {
  const { tenant, alice, admin } = await office();
  const filenames = ['harbour-east.txt', 'harbour-west.txt'];
  const fileIds = await Promise.all(
    filenames.map((filename) => uploadText(alice.api, `the cranes of ${filename}`, { filename })),
  );
  await Promise.all(fileIds.map((fileId) => untilStatus(alice.api, fileId, 'ready')));
  await untilFound(alice, 'cranes', fileIds);
  await engine.db.send(
    new DeleteCommand({ TableName: engine.stack.tableName, Key: keys.searchIndex(tenant.tenantId) }),
  );
  expect(await idsOf(alice, 'cranes')).toEqual([]);

  const rebuild = (who: TestUser) =>
    who.api.call<{ jobId: string }>('POST', `/admin/tenants/${tenant.tenantId}/search/rebuild`);
  problem(await rebuild(alice), 403, 'forbidden');
  problem(await rebuild(acme.admin), 404, 'not_found');
  const { jobId } = ok(await rebuild(admin));

  expect((await untilEnded(admin.api, jobId)).results).toEqual([
    { subject: 'files', outcome: 'done', detail: '2 sent to be indexed.' },
  ]);
  await untilFound(alice, 'cranes', fileIds);
  await untilFound(alice, 'harbour', fileIds);
});

it('says what is wrong with a question', async () => {
  const { alice } = acme;

  for (const query of [
    {},
    { q: ' … ' },
    { q: 'a'.repeat(300) },
    { q: 'a', status: 'deleted' },
    { q: 'a', x: 1 },
  ]) {
    problem(await alice.api.search(query), 400, 'validation_failed');
  }
  problem(await alice.api.search({ q: 'a', cursor: 'nonsense' }), 400, 'cursor_invalid');
});
