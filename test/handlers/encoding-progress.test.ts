import { describe, expect, it } from 'vitest';
import { encodingProgress } from '../../lambdas/contract/messages.ts';

const metadata = { tenantId: 'acme', fileId: 'F1', version: '2', attempt: '3' };
const event = (userMetadata: object, detail: object) => ({
  ...{ version: '0', 'detail-type': 'MediaConvert Job State Change', source: 'aws.mediaconvert' },
  detail: { status: 'STATUS_UPDATE', jobId: '1671477617078-abc', userMetadata, ...detail },
});
const readOf = (detail: object) => encodingProgress.parse(event(metadata, detail)).detail;

describe('what MediaConvert tells of a job', () => {
  it('names the attempt as numbers, which MediaConvert keeps as texts', () => {
    expect(readOf({}).userMetadata).toEqual({ tenantId: 'acme', fileId: 'F1', version: 2, attempt: 3 });
  });

  it.each([
    [{ jobProgress: { jobPercentComplete: 7, currentPhase: 'TRANSCODING', retryCount: 0 } }, 7],
    [{ jobProgress: { jobPercentComplete: null, currentPhase: 'PROBING' } }, null],
    [{ jobProgress: { currentPhase: 'PROBING' } }, undefined],
    [{}, undefined],
  ])('has a percentage or none: %j', (detail, percent) => {
    expect(readOf(detail).jobProgress?.jobPercentComplete).toBe(percent);
  });

  it.each([
    {},
    { ...metadata, fileId: '' },
    { ...metadata, attempt: 'first' },
    { ...metadata, version: '0' },
  ])('is refused where nobody knows whose it is: %j', (userMetadata) => {
    expect(encodingProgress.safeParse(event(userMetadata, {})).success).toBe(false);
  });
});
