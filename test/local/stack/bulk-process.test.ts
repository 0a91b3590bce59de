import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { createSender, sendPictures } from '../../support/fairness.ts';
import { photo } from '../../support/images.ts';
import { untilEnded } from '../../support/jobs.ts';
import { untilStatus } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

it('an operation on many files ends with what became of each, and each has its rendition', async () => {
  const { api } = await createSender(engine);
  const fileIds = await sendPictures(api, 3, await photo({ width: 64, height: 64 }));
  for (const fileId of fileIds) await untilStatus(api, fileId, 'ready');
  const missing = '0'.repeat(26);

  const { jobId } = ok(
    await api.bulk({
      action: 'process',
      fileIds: [...fileIds, missing],
      params: { operations: [{ type: 'thumbnails', params: { sizes: [32] }, priority: 'urgent' }] },
    }),
  );
  const job = await untilEnded(api, jobId);

  expect(job).toMatchObject({ status: 'done', progress: { total: 4, done: 3, failed: 1 } });
  expect(job.results.find(({ fileId }) => fileId === missing)).toMatchObject({ code: 'not_found' });
  for (const fileId of fileIds) {
    expect(job.results).toContainEqual({ fileId, outcome: 'done' });
    const { renditions, progress, estimatedSeconds } = ok(await api.status(fileId));
    expect([progress, estimatedSeconds]).toEqual([100, 0]);
    expect(renditions.filter(({ status }) => status === 'ready')).toHaveLength(5);
  }
});
