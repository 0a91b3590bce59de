import { expect, it } from 'vitest';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { tenantItem } from '../../lambdas/contract/tenant-items.ts';
import { startOfTime } from '../support/domain.ts';
import { fileIdOf, InProcessApi, type Person } from '../support/in-process.ts';

const alice: Person = { tenantId: 'acme', userId: 'alice', role: 'user' };
const boss: Person = { tenantId: 'acme', userId: 'boss', role: 'admin' };
const id = fileIdOf(1, 1);

const reads: readonly RouteName[] = ['getFile', 'fileStatus', 'fileTimeline', 'listVersions', 'listShares'];

it.each(reads)(
  "an admin's %s of somebody else's file is recorded as the sensitive access that it is",
  async (read) => {
    const api = new InProcessApi();
    api.enroll([alice, boss]);
    const tenant = { tenantId: 'acme', name: 'acme', tier: 'enterprise', userCount: 2 } as const;
    const policy = { auditLevel: 'full' } as const;
    api.table.put({ ...tenantItem({ ...tenant, policy, status: 'active', createdAt: startOfTime }) });
    const upload = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream', size: 1 };
    await api.call(alice, 1, startOfTime, 'initiate', { body: upload });

    expect(await api.call(boss, 2, startOfTime, read, { path: { id } })).toMatchObject({ status: 200 });

    const { Items } = api.table.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keys.tenantEvent('acme', startOfTime, '').pk },
    });
    expect(Items).toContainEqual(
      expect.objectContaining({
        type: 'access.read',
        fileId: id,
        ownerId: 'alice',
        data: expect.objectContaining({ route: read, via: 'admin' }),
      }),
    );
  },
);
