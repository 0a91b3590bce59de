import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../../lambdas/core/files/timeline.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const ready = {
  ...{ eventId: 'E1', type: 'file.ready', at: startOfTime, tenantId: 'acme', fileId: 'F1' },
  data: { seconds: 12, transcoded720p: 60, estimatedCost: 0.07 },
} as never;

describe('what the processing of a file has cost', () => {
  it.each([
    ['user', undefined],
    ['admin', 0.07],
    ['root', 0.07],
  ] as const)('is told to a %s as %s', async (role, told) => {
    const world = new World();
    world.table.files.set('acme/F1', file({ status: 'ready', accounting: 'used' }));
    const deps = {
      now: world.now,
      store: { ...world.table.port, events: async () => ({ items: [ready] }) },
    };
    const { answer } = await timelineOf(deps as never, caller({ user: { role } }), 'F1', { limit: 20 });

    expect(answer.events[0]?.data).toEqual({
      ...{ seconds: 12, transcoded720p: 60 },
      ...(told !== undefined && { estimatedCost: told }),
    });
  });
});
