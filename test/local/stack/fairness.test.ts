import { expect, inject, it } from 'vitest';
import { fairLanes, queues } from '../../../lambdas/contract/queues.ts';
import { shareOf } from '../../../lambdas/core/processing/fair-share.ts';
import { configFor } from '../../../lib/config/index.ts';
import { ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { countOf, createSender, inFlight, sendPictures } from '../../support/fairness.ts';
import { photo } from '../../support/images.ts';
import { deadLetters, whilePaused } from '../../support/pipeline.ts';
import { untilStatus } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

it('a tenant that sends many files does not keep another waiting, and is kept to its share of every lane', async () => {
  const picture = await photo({ width: 64, height: 64 });
  const [many, few] = await Promise.all([createSender(engine), createSender(engine)]);
  const before = await deadLetters(engine);
  const most: Partial<Record<string, number>> = {};

  // Paused, so that the few are behind every one of the many, however fast those would be.
  const [flood, sent] = await whilePaused(engine, 'Inspect', async () => [
    await sendPictures(many.api, 48, picture),
    await sendPictures(few.api, 2, picture),
  ]);
  await eventually('the few are ready', async () => {
    for (const [lane, count] of Object.entries(await inFlight(engine, many.tenantId))) {
      most[lane] = Math.max(most[lane] ?? 0, count);
    }
    return (await countOf(few.api, 'ready')) === sent.length;
  });
  const ready = await countOf(many.api, 'ready');

  expect(ready).toBeLessThan(flood.length / 2);
  for (const lane of fairLanes) {
    const share = shareOf(queues[lane].maxConcurrency, configFor('local').limits.pipeline);
    expect(most[lane] ?? 0, lane).toBeLessThanOrEqual(share);
  }
  expect(most.inspect).toBeGreaterThan(0);
  await eventually('the many are ready', async () => (await countOf(many.api, 'ready')) === flood.length);
  expect(await inFlight(engine, many.tenantId)).toEqual(
    Object.fromEntries(fairLanes.map((lane) => [lane, 0])),
  );
  expect(await deadLetters(engine)).toBe(before);
});

it('an urgent file overtakes whatever waits, from its inspection to its renditions', async () => {
  const { api } = await createSender(engine);
  const picture = await photo({ width: 64, height: 64 });

  await whilePaused(engine, 'Inspect', () =>
    whilePaused(engine, 'Images', async () => {
      const [waiting = ''] = await sendPictures(api, 1, picture, { priority: 'normal' });
      for (const priority of ['high', 'urgent'] as const) {
        const [urgent = ''] = await sendPictures(api, 1, picture, { priority });
        await untilStatus(api, urgent, 'ready');
      }
      expect(ok(await api.status(waiting)).status).toBe('uploaded');
    }),
  );
});
