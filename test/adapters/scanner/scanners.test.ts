import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createS3 } from '../../../lambdas/adapters/s3/client.ts';
import { createScanner } from '../../../lambdas/adapters/scanner/scanners.ts';
import type { IntakeTarget } from '../../../lambdas/core/intake/scanner.ts';

const target: IntakeTarget = {
  ...{ bucket: 'intake', tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1', size: 1 },
};
const deps = {
  s3: createS3({ pathStyle: true }),
  sqs: new SQSClient({}),
  buckets: { intake: 'intake', library: 'library' },
  blocked: [],
};

describe('a stage', () => {
  it('that has no scanner gets no verdict', async () => {
    expect(await createScanner('hold', deps).scan(target, 0)).toMatchObject({ verdict: 'unavailable' });
  });

  it('that scans by clamav says so at once where a function knows no queue to ask by', () => {
    expect(() => createScanner('clamav', deps)).toThrow(/no scan queue/);
  });
});
