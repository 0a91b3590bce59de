import { describe, expect, it } from 'vitest';
import type { TenantEvent } from '../../../lambdas/core/files/event.ts';
import { listQueues, type QueueAdmin, redriveQueue } from '../../../lambdas/core/queues/queues.ts';
import { caller } from '../../support/domain.ts';

const root = caller({ user: { role: 'root' } });
const admin = caller({ user: { role: 'admin' } });

/** Queue `images` with dead letters, to which `arriving` more come with every move. */
function queueAdmin(deadLetters: number, { arriving = 0 } = {}) {
  const state = { deadLetters, moved: 0 };
  const queues: QueueAdmin = {
    names: ['images'],
    sizes: async () => [
      { name: 'images', visible: 1, inFlight: 2, delayed: 3, deadLetters: state.deadLetters },
    ],
    peek: async () => [{ messageId: 'M', receives: 5, at: '2026-11-20T11:59:00.000Z', tenantId: 'acme' }],
    moveSome: async () => {
      const some = Math.min(10, state.deadLetters);
      state.deadLetters += arriving - some;
      state.moved += some;
      return some;
    },
  };
  const events: TenantEvent[] = [];
  const deps = {
    queues,
    events: { record: async (event: TenantEvent) => void events.push(event) },
    now: () => '2026-11-20T12:00:00.000Z',
    newId: () => 'E1',
  };
  return { deps, events, state };
}

describe('queues', () => {
  it('are listed with their dead letters, and how long the oldest waits', async () => {
    expect(await listQueues(queueAdmin(3).deps, root)).toEqual({
      queues: [
        {
          name: 'images',
          visible: 1,
          inFlight: 2,
          delayed: 3,
          dlq: { visible: 3, oldestSeconds: 60 },
          failed: [{ messageId: 'M', receives: 5, at: '2026-11-20T11:59:00.000Z', tenantId: 'acme' }],
        },
      ],
    });
    expect((await listQueues(queueAdmin(0).deps, root)).queues[0]).toMatchObject({
      dlq: { visible: 0 },
      failed: [],
    });
  });

  it('are for root alone', async () => {
    const { deps, state } = queueAdmin(3);
    await expect(listQueues(deps, admin)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(redriveQueue(deps, admin, 'images')).rejects.toMatchObject({ code: 'forbidden' });
    expect(state.moved).toBe(0);
  });

  it('are redriven whole, and it is recorded who did it', async () => {
    const { deps, events } = queueAdmin(25);
    expect(await redriveQueue(deps, root, 'images')).toEqual({ moved: 25 });
    expect(events).toMatchObject([
      { type: 'queue.redriven', actor: root.actor, data: { queue: 'images', moved: 25 } },
    ]);
  });

  it('are redriven no further than what was there, however fast messages fail again', async () => {
    const { deps } = queueAdmin(20, { arriving: 10 });
    expect(await redriveQueue(deps, root, 'images')).toEqual({ moved: 20 });
  });

  it('that do not exist are not found', async () => {
    await expect(redriveQueue(queueAdmin(0).deps, root, 'toString')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
