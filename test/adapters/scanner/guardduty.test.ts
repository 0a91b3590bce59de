import {
  BadRequestException,
  GuardDutyClient,
  InternalServerErrorException,
  SendObjectMalwareScanCommand,
} from '@aws-sdk/client-guardduty';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createGuardDutyScanner } from '../../../lambdas/adapters/scanner/guardduty.ts';
import { answerOf, scannedObject } from '../../../lambdas/adapters/scanner/guardduty-result.ts';
import { type MalwareScanResult, malwareScanResult } from '../../../lambdas/contract/messages.ts';
import type { ScanTarget } from '../../../lambdas/core/intake/scanner.ts';

const buckets = { intake: 'the-intake', library: 'the-library' };
const landed: ScanTarget = {
  ...{ bucket: 'intake', tenantId: 'acme', fileId: 'F1', uploadId: 'U1' },
  ...{ versionId: 'V1', size: 10 },
};
const stored: ScanTarget = {
  ...{ bucket: 'library', tenantId: 'acme', fileId: 'F1', version: 2, versionId: 'L1', size: 10 },
  key: 'tenants/acme/files/2026/11/20/F1.v2.jpg',
};

describe('the scanner guardduty', () => {
  const mock = mockClient(GuardDutyClient);
  const scanner = createGuardDutyScanner({ client: new GuardDutyClient({}), buckets });
  beforeEach(() => mock.reset());

  it('asks for nothing when bytes have landed: the plan scans them by itself', async () => {
    expect(await scanner.scan(landed, 0)).toEqual({ verdict: 'requested' });
    expect(mock.calls()).toHaveLength(0);
  });

  it('asks for exactly the version where no result has come, and of what is stored', async () => {
    mock.on(SendObjectMalwareScanCommand).resolves({});
    expect(await scanner.scan(landed, 1)).toEqual({ verdict: 'requested' });
    expect(await scanner.scan(stored, 0)).toEqual({ verdict: 'requested' });
    expect(mock.calls().map(({ args }) => args[0].input)).toEqual([
      { S3Object: { Bucket: 'the-intake', Key: 'tenants/acme/F1/U1', VersionId: 'V1' } },
      {
        S3Object: {
          ...{ Bucket: 'the-library', Key: 'tenants/acme/files/2026/11/20/F1.v2.jpg', VersionId: 'L1' },
        },
      },
    ]);
  });

  it.each([
    new BadRequestException({ message: 'no plan', $metadata: {} }),
    new InternalServerErrorException({ message: 'later', $metadata: {} }),
  ])('has no answer where GuardDuty refuses ($name)', async (error) => {
    mock.on(SendObjectMalwareScanCommand).rejects(error);
    expect(await scanner.scan(stored, 0)).toEqual({
      verdict: 'unavailable',
      detail: `GuardDuty: ${error.name}: ${error.message}`,
    });
  });

  it('takes objects of up to 100 GB', () => {
    expect(scanner.maxBytes).toBe(100_000_000_000);
  });
});

/** As the user guide of GuardDuty shows the event. */
const event = (over: { object?: object; result?: object; scanStatus?: string } = {}): unknown => ({
  version: '0',
  id: '72c7d362-737a-6dce-fc78-9e27a0171419',
  'detail-type': 'GuardDuty Malware Protection Object Scan Result',
  source: 'aws.guardduty',
  account: '111122223333',
  time: '2026-11-21T01:01:01Z',
  region: 'us-east-1',
  resources: ['arn:aws:guardduty:us-east-1:111122223333:malware-protection-plan/b4c7f464ab3a4EXAMPLE'],
  detail: {
    schemaVersion: '1.0',
    scanStatus: over.scanStatus ?? 'COMPLETED',
    resourceType: 'S3_OBJECT',
    s3ObjectDetails: {
      bucketName: 'the-intake',
      objectKey: 'tenants/acme/F1/U1',
      eTag: 'ASIAI44QH8DHBEXAMPLE',
      versionId: 'd41d8cd98f00b204e9800998eEXAMPLE',
      s3Throttled: false,
      ...over.object,
    },
    scanResultDetails: { scanResultStatus: 'NO_THREATS_FOUND', threats: null, ...over.result },
  },
});
const parsed = (over: Parameters<typeof event>[0]): MalwareScanResult => malwareScanResult.parse(event(over));

describe("GuardDuty's result", () => {
  const versionId = 'd41d8cd98f00b204e9800998eEXAMPLE';

  it('is about an upload, by the key in intake', () => {
    expect(scannedObject(parsed({}), buckets)).toEqual({
      ...{ bucket: 'intake', tenantId: 'acme', fileId: 'F1', uploadId: 'U1' },
      ...{ versionId, etag: 'ASIAI44QH8DHBEXAMPLE' },
    });
  });

  it.each([
    'tenants/acme/files/2026/11/20/F1.jpg',
    'tenants/acme/files/2026/11/20/F1',
    'tenants/acme/files/2026/11/20/F1.v12.tar.gz',
  ])('is about a stored file, by its key in the library (%s)', (objectKey) => {
    const object = { bucketName: 'the-library', objectKey, eTag: undefined };
    expect(scannedObject(parsed({ object }), buckets)).toEqual({
      ...{ bucket: 'library', tenantId: 'acme', fileId: 'F1', versionId },
    });
  });

  it.each([
    { bucketName: 'another' },
    { objectKey: 'malware-protection-resource-validation-object' },
    { objectKey: 'tenants/acme/F1' },
    { bucketName: 'the-library', objectKey: 'tenants/acme/F1/U1' },
  ])('is not ours with %o', (object) => {
    expect(scannedObject(parsed({ object }), buckets)).toBeUndefined();
  });

  it('is refused without the version that was scanned', () => {
    for (const missing of [undefined, '']) {
      expect(() => parsed({ object: { versionId: missing } })).toThrow(/versionId/);
    }
  });

  it.each([
    [{}, { verdict: 'clean', engine: 'guardduty' }],
    [
      {
        result: { scanResultStatus: 'THREATS_FOUND', threats: [{ name: 'EICAR-Test-File' }, { name: 'B' }] },
      },
      { verdict: 'infected', engine: 'guardduty', threat: 'EICAR-Test-File, B' },
    ],
    [
      { result: { scanResultStatus: 'THREATS_FOUND' } },
      { verdict: 'infected', engine: 'guardduty', threat: 'unnamed threat' },
    ],
    [
      {
        scanStatus: 'SKIPPED',
        result: { scanResultStatus: 'UNSUPPORTED', statusReasons: ['PASSWORD_PROTECTED'] },
      },
      { verdict: 'unscannable', engine: 'guardduty', detail: 'UNSUPPORTED, PASSWORD_PROTECTED' },
    ],
    [
      { scanStatus: 'SKIPPED', result: { scanResultStatus: 'ACCESS_DENIED' } },
      { verdict: 'unavailable', detail: 'ACCESS_DENIED' },
    ],
    [
      { scanStatus: 'FAILED', result: { scanResultStatus: 'FAILED' } },
      { verdict: 'unavailable', detail: 'FAILED' },
    ],
    [{ result: { scanResultStatus: 'SOMETHING_NEW' } }, { verdict: 'unavailable', detail: 'SOMETHING_NEW' }],
    [
      { scanStatus: 'SKIPPED' },
      { verdict: 'unavailable', detail: 'NO_THREATS_FOUND of a scan that is SKIPPED' },
    ],
  ])('%o means what it says, and nothing else is clean', (over, answer) => {
    expect(answerOf(parsed(over))).toEqual(answer);
  });
});
