import { describe, expect, it } from 'vitest';
import { seal, sealTenant } from '../../../lambdas/core/audit/seal.ts';
import { verifyChain } from '../../../lambdas/core/audit/verify.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { AuditWorld, auditRecord } from '../../support/audit.ts';
import { startOfTime } from '../../support/domain.ts';

const whole = (world: AuditWorld, tenantId = 'acme') =>
  verifyChain(world.verifying, tenantId, world.segments(tenantId));

describe('the sealer', () => {
  it('seals what minutes that are over recorded, and no more', async () => {
    const world = new AuditWorld();
    world.at = addSeconds(startOfTime, 60);
    world.add(auditRecord(0, { recordedAt: addSeconds(startOfTime, 59) }));
    world.add(auditRecord(1, { recordedAt: addSeconds(startOfTime, 60) }));

    expect(await seal(world.deps)).toMatchObject({ sealed: 1, failed: 0, oldestSeconds: 1 });
    expect((await whole(world)).records).toBe(1);
  });

  it('links in the order of recording, whatever order they were found in', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(2), auditRecord(0), auditRecord(1));
    await seal(world.deps);

    const [segment] = world.segments();
    const ids = segment?.text.match(/R\d{5}/g);
    expect(ids).toEqual(['R00000', 'R00001', 'R00002']);
  });

  it('keeps a chain for each tenant', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0), auditRecord(1, { tenantId: 'globex' }), auditRecord(2));
    await seal(world.deps);

    expect((await whole(world)).seq).toBe(2);
    expect((await whole(world, 'globex')).seq).toBe(1);
  });

  it('does nothing where there is nothing new', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0));
    await seal(world.deps);
    const before = new Map(world.objects);

    expect(await seal(world.deps)).toEqual({
      ...{ sealed: 0, failed: 0, oldestSeconds: 0, complete: true },
    });
    expect(world.objects).toEqual(before);
  });

  it('of two at once lets one decide, and the chain is whole', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0), auditRecord(1));
    await Promise.all([seal(world.deps), seal(world.deps)]);
    world.add(auditRecord(2));
    await seal(world.deps);

    expect((await whole(world)).records).toBe(3);
  });

  it.each(['put', 'settle'])(
    'that was ended before %s is finished by the next, with the same bytes',
    async (call) => {
      const world = new AuditWorld();
      world.add(auditRecord(0), auditRecord(1));
      world.failing.add(call);

      expect(await seal(world.deps)).toMatchObject({ sealed: 0, failed: 1 });
      const decided = world.heads.get('acme')?.exporting?.head;
      world.add(auditRecord(2));
      world.at = addSeconds(world.at, 60);
      await seal(world.deps);

      expect((await whole(world)).records).toBe(3);
      expect(world.segments()[0]?.text).toContain(decided?.signature);
      expect(world.heads.get('acme')?.exporting).toBeUndefined();
    },
  );

  it('goes on with other tenants when one fails', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0), auditRecord(1, { tenantId: 'globex' }));
    world.failing.add('put');

    expect(await seal(world.deps)).toMatchObject({ sealed: 1, failed: 1 });
    expect(world.failures).toHaveLength(1);
  });

  it('tells how long the oldest record waited', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0));
    const { oldestSeconds } = await seal(world.deps);

    expect(oldestSeconds).toBe(86_399);
  });

  it('cannot be made to seal something else in the place of what is sealed', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0));
    await seal(world.deps);
    const before = structuredClone(world.heads.get('acme'));
    world.add(auditRecord(1));
    await seal(world.deps);

    // Somebody who can write to the table puts the head back and has another record sealed.
    if (before) world.heads.set('acme', before);
    world.add(auditRecord(1, { outcome: 'refused' }));
    await seal(world.deps);
    world.add(auditRecord(2));
    await seal(world.deps);

    await expect(whole(world)).rejects.toThrow(/does not follow what is before it/);
  });

  it('begins with another shard every minute, and tells how long those wait that it did not reach', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0));
    const asked: number[] = [];
    const store = {
      ...world.store,
      shards: 3,
      unsealed: (shard: number, until: string) => {
        asked.push(shard);
        return world.store.unsealed(shard, until);
      },
    };
    for (let minute = 0; minute < 3; minute += 1) {
      const result = await seal({ ...world.deps, store, outOfTime: () => true });
      expect(result).toMatchObject({ sealed: 0, complete: false, oldestSeconds: 86_400 + minute * 60 });
      world.at = addSeconds(world.at, 60);
    }
    expect(asked.toSorted()).toEqual([0, 1, 2]);
  });

  it('never seals without a record that it has decided to seal', async () => {
    const world = new AuditWorld();
    world.add(auditRecord(0));
    world.failing.add('put');
    await seal(world.deps);
    world.records.clear();

    await expect(sealTenant(world.deps, 'acme', [])).rejects.toThrow(/is gone before it was exported/);
  });
});
