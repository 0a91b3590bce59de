import { describe, expect, it } from 'vitest';
import { releaseParams, takeParams } from '../../../lambdas/adapters/dynamodb/encoder-leases.ts';
import { fileItem, fileOf } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createTranscodeBudget } from '../../../lambdas/adapters/dynamodb/transcode-budget.ts';
import { createTranscodeStore } from '../../../lambdas/adapters/dynamodb/transcode-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import type { TranscodePlan } from '../../../lambdas/core/video/transcode-plan.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';

const job = { tenantId: 'acme', fileId: 'F1', version: 2, attempt: 1 };
const plan: TranscodePlan = { duration: 60 };
const first = { ...job, firstAttempt: 1, startedAt: startOfTime };

describe('the item of a transcode', () => {
  it('is begun once, and by an attempt that follows the one which was read', async () => {
    const store = createTranscodeStore(memoryDb().db);
    expect(await store.transcode(job)).toBeUndefined();
    expect(await Promise.all([store.begin(first, undefined), store.begin(first, undefined)])).toEqual([
      ...[true, false],
    ]);

    const second = { ...first, attempt: 2 };
    expect(await store.begin(second, 2)).toBe(false);
    expect(await store.begin(second, 1)).toBe(true);
    expect(await store.save(job, { refused: 'malformed' })).toBe(false);
    expect(await store.transcode(job)).toEqual(second);
  });

  it('forgets with the next attempt what the last one made, and nothing that it found out or was charged', async () => {
    const { db } = memoryDb();
    const store = createTranscodeStore(db);
    await store.begin(first, undefined);
    const charge = { month: '2026-11', seconds: 60 };
    await createTranscodeBudget(db, { retryMs: 0 }).charge(job, charge, 60, { plan, encoder: 'ffmpeg' });
    await store.noteProgress(job, 30, startOfTime);
    await store.save(job, { files: [], refused: 'malformed' });

    await store.begin({ ...first, attempt: 2 }, 1);

    expect(await store.transcode(job)).toEqual({
      ...{ ...first, attempt: 2, charge, plan, encoder: 'ffmpeg', percent: 30 },
    });
  });
});

describe('the minutes of a month', () => {
  it('are taken up to the last one, and by nobody beyond', async () => {
    const { db, table } = memoryDb();
    const budget = createTranscodeBudget(db, { retryMs: 0 });
    const store = createTranscodeStore(db);
    const facts = { plan, encoder: 'ffmpeg' } as const;
    const charge = { month: '2026-11', seconds: 60 };
    for (const fileId of ['F1', 'F2', 'F3']) await store.begin({ ...first, fileId }, undefined);

    expect(await budget.charge(job, charge, 59, facts)).toBe('exceeded');
    expect(await budget.charge(job, charge, 120, facts)).toBe('charged');
    expect(await budget.charge({ ...job, fileId: 'F2' }, charge, 120, facts)).toBe('charged');
    expect(await budget.charge({ ...job, fileId: 'F3' }, charge, 120, facts)).toBe('exceeded');
    expect(await budget.charge({ ...job, attempt: 2 }, charge, 120, facts)).toBe('stale');
    expect(await budget.used('acme', '2026-11')).toBe(120);
    expect(await budget.used('globex', '2026-11')).toBe(0);
    expect(table.get({ ...keys.transcodeMonth('acme', '2026-11') })).toMatchObject({
      ttlEpochSeconds: Date.parse('2026-11-01') / 1000 + 400 * 86_400,
    });
  });
});

describe('the leases of encoders', () => {
  it('are written on what was read, with what has ended taken out', () => {
    const lease = { tenantId: 'acme', until: startOfTime };
    expect(takeParams('T', { name: 'a', lease, ended: [], seen: undefined })).toMatchObject({
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(takeParams('T', { name: 'a', lease, ended: ['b', 'c'], seen: 7 })).toMatchObject({
      UpdateExpression:
        'SET #leases.#name = :lease, #revision = :next REMOVE #leases.#ended0, #leases.#ended1',
      ConditionExpression: '#revision = :seen',
      ExpressionAttributeValues: { ':seen': 7, ':next': 8 },
    });
    expect(releaseParams('T', 'a').ConditionExpression).toBe('attribute_exists(#leases.#name)');
  });
});

it('what an encoder made stays out of the summary that listings read, and belongs to the file all the same', () => {
  const made = { status: 'ready', key: 'k' } as const;
  const renditions = {
    small: { name: 'small', ...made },
    '1080p': { name: '1080p', ...made },
    stream: { name: 'stream', ...made },
  };
  const item = fileItem(file({ status: 'ready', renditions }));

  expect(Object.keys((item.summary as { renditions: object }).renditions)).toEqual(['small']);
  expect(fileOf(item).renditions).toEqual(renditions);
});
