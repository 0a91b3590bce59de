import { afterEach, describe, expect, it, vi } from 'vitest';
import { transcodeJob } from '../../lambdas/contract/transcode.ts';
import { stepFunction } from '../../lambdas/runtime/step-function.ts';
import { silentObserver } from '../support/observer.ts';

const job = { tenantId: 'acme', fileId: 'F1', version: 1, attempt: 1 };
const context = { functionName: 'probe', awsRequestId: 'R1' } as never;

describe('a step of the workflow', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('gets its part of the state of the execution, and answers with its outcome as it is', async () => {
    const { observer, logged } = silentObserver();
    const seen: unknown[] = [];
    const step = stepFunction({
      ...{ observer, schema: transcodeJob },
      handle: async (input) => {
        seen.push(input);
        return { outcome: 'refused', reason: 'malformed' };
      },
    });

    const answer = await step({ ...job, step: { outcome: 'probed' } }, context);

    expect(answer).toEqual({ outcome: 'refused', reason: 'malformed' });
    expect(seen).toEqual([job]);
    expect(logged).toEqual([{ message: 'step ended', facts: { outcome: 'refused' } }]);
  });

  it('throws what it cannot answer, so that the workflow tries it again', async () => {
    const { observer, logged } = silentObserver();
    const failure = new Error('no network');
    const step = stepFunction({
      ...{ observer, schema: transcodeJob },
      handle: async () => {
        throw failure;
      },
    });

    await expect(step(job, context)).rejects.toBe(failure);
    expect(logged).toEqual([{ message: 'step failed', facts: { error: failure } }]);
  });

  it('does not begin with what is no job', async () => {
    const { observer } = silentObserver();
    const handle = vi.fn();
    const step = stepFunction({ observer, schema: transcodeJob, handle });

    await expect(step({ ...job, version: 'one' }, context)).rejects.toThrow();
    expect(handle).not.toHaveBeenCalled();
  });
});
