import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationJobId, parseOperationJobId } from '../../../lambdas/core/files/operation-jobs.ts';
import { caller } from '../../support/domain.ts';
import { compress, desk, made } from '../../support/operation-desk.ts';

const bob = caller({ user: { userId: 'bob' } });
const withCode = (code: string) => expect.objectContaining({ code });

describe('the job of an operation', () => {
  it('is its renditions', async () => {
    const { ask, work, job } = desk();
    const [{ jobId = '' } = {}] = await ask({ type: 'thumbnails', params: { sizes: [1, 2, 3, 4] } });
    expect(await job(jobId)).toMatchObject({
      jobId,
      status: 'queued',
      progress: { total: 4, done: 0, failed: 0 },
      results: [],
    });

    await work({
      made: [made('thumbnail-1')],
      unmade: [
        { name: 'thumbnail-2', status: 'failed', reason: 'too_slow' },
        { name: 'thumbnail-3', status: 'skipped', reason: 'not_smaller' },
      ],
    });
    const running = await job(jobId);
    expect(running).toMatchObject({ status: 'running', progress: { total: 4, done: 2, failed: 1 } });
    expect(running.endedAt).toBeUndefined();

    await work({ made: [made('thumbnail-4')] });
    const done = await job(jobId);
    expect(done).toMatchObject({ status: 'done', progress: { total: 4, done: 3, failed: 1 } });
    expect(done.results.map(({ subject, outcome, code }) => [subject, outcome, code])).toEqual([
      ['thumbnail-1', 'done', undefined],
      ['thumbnail-2', 'failed', 'too_slow'],
      ['thumbnail-3', 'skipped', 'not_smaller'],
      ['thumbnail-4', 'done', undefined],
    ]);
    expect(done.results[0]?.rendition).toMatchObject({ size: 250, bytesSaved: 750, ratio: 0.25 });
    expect(done.results[1]?.detail).toContain('Ask for it again');
    expect(JSON.stringify(done)).not.toContain('derived/');
  });

  it('has failed when all of it has', async () => {
    const { ask, work, job } = desk();
    const [{ jobId = '' } = {}] = await ask(compress);
    await work({ unmade: [{ name: 'compress-q85', status: 'failed', reason: 'malformed' }] });
    expect(await job(jobId)).toMatchObject({ status: 'failed' });
  });

  it('is there for who may read the file, and for nothing that nobody asked for', async () => {
    const { ask, job } = desk({ renditions: { small: { name: 'small', status: 'ready' } } });
    const [{ jobId = '' } = {}] = await ask(compress);
    await expect(job(jobId, bob)).rejects.toEqual(withCode('not_found'));
    for (const id of ['F1.1.small', 'F1.1.constructor', 'F1.2.compress-q85', 'F9.1.compress-q85']) {
      await expect(job(id)).rejects.toEqual(withCode('not_found'));
    }
  });

  it('has an id that says it, and no other id does', () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
    const job = fc.record({
      fileId: fc.stringMatching(/^[0-9A-Z]{26}$/),
      version: fc.integer({ min: 1, max: 100_000 }),
      names: fc.array(name, { minLength: 1, maxLength: 10 }),
    });
    fc.assert(
      fc.property(job, (of) => {
        expect(parseOperationJobId(operationJobId(of))).toEqual(of);
      }),
    );
    const others = [
      '',
      '01JD0000000000000000000000',
      'F1.1',
      'F1.1.',
      'F1.0.a',
      'F1.01.a',
      'F1.1.a~',
      'F1.1.A',
      'a#b.1.c',
    ];
    for (const id of others) expect(parseOperationJobId(id)).toBeUndefined();
  });
});
