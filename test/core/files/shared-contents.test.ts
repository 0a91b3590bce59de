import { describe, expect, it } from 'vitest';
import { setLegalHold } from '../../../lambdas/core/files/legal-hold.ts';
import {
  type ContentMove,
  joined,
  left,
  type SharedContent,
} from '../../../lambdas/core/files/shared-content.ts';
import { restoreVersion } from '../../../lambdas/core/files/versions.ts';
import { caller } from '../../support/domain.ts';
import {
  alice,
  bob,
  expectShared,
  type SharingWorld,
  SharingWorld as World,
} from '../../support/sharing-world.ts';

const admin = caller({ user: { userId: 'ada', role: 'admin' } });
const objectOf = (world: SharingWorld, fileId: string) => world.file(fileId).libraryVersionId;
const deps = (world: SharingWorld) => ({ ...world.dispatching, queues: world.sweeping.queues });
const hold = (world: SharingWorld, fileId: string, on: boolean) =>
  setLegalHold(deps(world), admin, { fileId }, { hold: on, reason: 'case 1' });

async function findInfected(world: SharingWorld, fileId: string): Promise<void> {
  world.found = 'infected';
  await world.rescanning.queues.rescan({ tenantId: 'acme', fileId });
  await world.deliver();
}

describe('files of one tenant with the same bytes', () => {
  it.each([true, false])('lie in one object (SHA-256 known before the copy: %s)', async (declared) => {
    const world = new World();
    world.s3.tellsDigests = !declared;
    const first = await world.upload(alice, 'a.bin', 'same', declared);
    const second = await world.upload(alice, 'b.bin', 'same', declared);
    const third = await world.upload(bob, 'c.bin', 'same', declared);

    expect(new Set([first, second, third].map((fileId) => objectOf(world, fileId))).size).toBe(1);
    expect(world.s3.promotions).toBe(declared ? 1 : 3);
    expectShared(world);
  });

  it('stay whole when the others are deleted, until the last one takes the object with it', async () => {
    const world = new World();
    const ids = [
      await world.upload(alice, 'a.bin', 'same'),
      await world.upload(bob, 'b.bin', 'same'),
      await world.upload(alice, 'c.bin', 'same'),
    ] as const;
    const object = objectOf(world, ids[0]) ?? '';

    await world.purge(alice, ids[0]);
    await world.deliver();
    expect(world.s3.library.has(object)).toBe(true);
    expectShared(world);
    await world.purge(alice, ids[2]);
    await world.deliver();
    expectShared(world);
    expect(world.s3.library.has(object)).toBe(true);
    await world.purge(bob, ids[1]);
    await world.deliver();

    expect(world.s3.library.size).toBe(0);
    expect(world.table.shared.contents.size).toBe(0);
    expectShared(world);
  });

  it('count once for the tenant, and for each file in the quota of its owner', async () => {
    const world = new World('once');
    await world.upload(alice, 'a.bin', 'same');
    await world.upload(alice, 'b.bin', 'same');
    const last = await world.upload(bob, 'c.bin', 'same');

    expect(world.table.counter('acme')).toMatchObject({ committedBytes: 4, committedFiles: 3 });
    expect(world.table.counter('acme/alice').committedBytes).toBe(8);
    expect(world.table.counter('acme/bob').committedBytes).toBe(4);
    await world.purge(bob, last);
    expect(world.table.counter('acme')).toMatchObject({ committedBytes: 4, committedFiles: 2 });
    expect(world.table.counter('acme/bob').committedBytes).toBe(0);
  });

  it('count for each file where the policy says so', async () => {
    const world = new World('each');
    await world.upload(alice, 'a.bin', 'same');
    const second = await world.upload(bob, 'b.bin', 'same');

    expect(world.table.counter('acme').committedBytes).toBe(8);
    await world.purge(bob, second);
    expect(world.table.counter('acme').committedBytes).toBe(4);
  });

  it('that came under other policies count once at least', async () => {
    const world = new World('once');
    const first = await world.upload(alice, 'a.bin', 'same');
    await world.upload(bob, 'b.bin', 'same');
    world.policy = { ...world.policy, dedupeQuota: 'each' };
    await world.upload(bob, 'c.bin', 'same');

    expect(world.table.counter('acme').committedBytes).toBe(8);
    await world.purge(alice, first);
    expect(world.table.counter('acme').committedBytes).toBe(4);
    expectShared(world);
  });
});

describe('files share nothing', () => {
  const own = async (world: SharingWorld, ids: readonly string[]) => {
    expect(new Set(ids.map((fileId) => objectOf(world, fileId))).size).toBe(ids.length);
    expectShared(world);
  };

  it('where the policy does not say so', async () => {
    const world = new World();
    world.policy = { ...world.policy, dedupe: 'off' };
    await own(world, [await world.upload(alice, 'a.bin', 'same'), await world.upload(bob, 'b.bin', 'same')]);
    expect(world.table.shared.contents.size).toBe(0);
  });

  it('across tenants', async () => {
    const world = new World();
    const other = caller({ tenant: { tenantId: 'globex' }, user: { tenantId: 'globex', userId: 'gail' } });
    const here = await world.upload(alice, 'a.bin', 'same');
    const there = await world.upload(other, 'a.bin', 'same');
    expect(world.table.files.get(`globex/${there}`)?.libraryVersionId).not.toBe(objectOf(world, here));
  });

  it('on a SHA-256 that the bytes do not have', async () => {
    const world = new World();
    await world.upload(alice, 'a.bin', 'same');
    const upload = await world.begin(bob, 'b.bin', 'same');
    world.s3.versions.clear();
    world.s3.landed.length = 0;
    world.s3.put(upload, new TextEncoder().encode('evil'));
    await world.deliver();

    expect(world.file(upload.fileId)).toMatchObject({ status: 'rejected', reason: 'checksum_mismatch' });
    expectShared(world);
  });

  it('where nobody has computed the SHA-256 of the bytes', async () => {
    const world = new World();
    await own(world, [
      await world.upload(alice, 'a.bin', 'same', false),
      await world.upload(bob, 'b.bin', 'same', false),
    ]);
  });

  it('where the stage has Object Lock', async () => {
    const world = new World();
    const locking = {
      retain: async () => undefined,
      hold: async () => undefined,
      retentionDays: async () => 0,
    };
    const inspecting = world.inspecting;
    Object.defineProperty(world, 'inspecting', { get: () => ({ ...inspecting, locking }) });
    await own(world, [await world.upload(alice, 'a.bin', 'same'), await world.upload(bob, 'b.bin', 'same')]);
  });

  it('under different keys of the tenant', async () => {
    const world = new World();
    const first = await world.upload(alice, 'a.bin', 'same');
    const encrypted = caller({
      tenant: { policy: { encryptionRequired: true }, encryptionKey: 'arn:aws:kms:::key/1' },
    });
    await own(world, [first, await world.upload(encrypted, 'b.bin', 'same')]);
  });

  it('with itself: a file that is replaced by what it has already keeps two objects', async () => {
    const world = new World();
    const fileId = await world.upload(alice, 'a.bin', 'same');
    await world.upload(alice, 'a.bin', 'same');
    expect(world.s3.library.size).toBe(2);
    expect(world.file(fileId).holdings).toHaveLength(1);
    expectShared(world);
    await world.purge(alice, fileId);
    await world.deliver();
    expect(world.s3.library.size).toBe(0);
  });
});

describe('kept versions', () => {
  it('go on sharing when they are replaced and come back, and end with their file', async () => {
    const world = new World();
    const first = await world.upload(alice, 'a.bin', 'same');
    const second = await world.upload(bob, 'b.bin', 'same');
    await world.upload(alice, 'a.bin', 'other');
    await world.purge(bob, second);
    await world.deliver();
    expectShared(world);
    await restoreVersion(deps(world), alice, { fileId: first }, 1);
    expect(world.table.counter('acme').committedBytes).toBe(9);
    expectShared(world);
    const third = await world.upload(bob, 'c.bin', 'same');
    expect(objectOf(world, third)).toBe(objectOf(world, first));
    await world.purge(alice, first);
    await world.deliver();

    expect(world.s3.library.size).toBe(1);
    expectShared(world);
  });
});

describe('malware in bytes that files share', () => {
  it('is withdrawn from all of them, also where their first file is gone', async () => {
    const world = new World();
    const first = await world.upload(alice, 'a.bin', 'same');
    const second = await world.upload(bob, 'b.bin', 'same');
    const third = await world.upload(alice, 'c.bin', 'same');
    await world.purge(alice, first);
    await world.deliver();
    await findInfected(world, second);

    for (const fileId of [second, third]) {
      expect(world.file(fileId)).toMatchObject({ status: 'rejected', reason: 'malware_found' });
    }
    expect(world.s3.library.size).toBe(0);
    expect(world.table.shared.contents.size).toBe(0);
    expectShared(world);
  });

  it('stays as evidence for a file under legal hold, unread, until that one is purged', async () => {
    const world = new World();
    const first = await world.upload(alice, 'a.bin', 'same');
    const second = await world.upload(bob, 'b.bin', 'same');
    const object = objectOf(world, first) ?? '';
    await hold(world, second, true);
    await findInfected(world, first);
    expect(world.closed).toContain(object);
    expect(world.s3.library.has(object)).toBe(true);
    expectShared(world);
    await world.purge(alice, first);
    await world.deliver();
    expect(world.s3.library.has(object)).toBe(true);
    await hold(world, second, false);
    await world.purge(bob, second);
    await world.deliver();

    expect(world.s3.library.size).toBe(0);
    expectShared(world);
  });

  it('keeps what comes later with the same bytes from them', async () => {
    const world = new World();
    const first = await world.upload(alice, 'a.bin', 'same');
    const [content] = [...world.table.shared.contents.values()];
    if (content) await world.table.shared.port.closeContent(content);
    const second = await world.upload(bob, 'b.bin', 'same');
    expect(objectOf(world, second)).not.toBe(objectOf(world, first));
  });

  it('marks all that share them when a scan found nothing', async () => {
    const world = new World();
    const ids = [await world.upload(alice, 'a.bin', 'same'), await world.upload(bob, 'b.bin', 'same')];
    world.pass(60);
    await world.rescanning.queues.rescan({ tenantId: 'acme', fileId: ids[0] ?? '' });
    await world.deliver();
    for (const fileId of ids) expect(world.file(fileId).scan?.at).toBe(world.at);
  });
});

it('of the files that have a content one always counts, in whatever order they come and leave', () => {
  const content: SharedContent = {
    ...{ tenantId: 'acme', sha256: 'S', size: 1, paid: 1, unpaid: 0 },
    location: { key: 'K', versionId: 'V' },
  };
  const after = (now: SharedContent, { paid, unpaid }: ContentMove): SharedContent => ({
    ...now,
    paid: now.paid + paid,
    unpaid: now.unpaid + unpaid,
  });
  for (let bits = 0; bits < 1_024; bits += 1) {
    let now = content;
    for (let n = 0; n < 5; n += 1) {
      const quota = (bits >> n) & 1 ? 'once' : 'each';
      if ((bits >> (n + 5)) & 1) now = after(now, joined(now, quota));
      else if (now.paid + now.unpaid > 1) now = after(now, left(now));
      expect(now.paid).toBeGreaterThan(0);
      expect(now.unpaid).toBeGreaterThanOrEqual(0);
    }
    while (left(now).kind === 'leave') now = after(now, left(now));
    expect(now).toMatchObject({ paid: 1, unpaid: 0 });
  }
});
