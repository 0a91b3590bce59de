import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { createHeadSigner } from '../../../lambdas/adapters/kms/head-signer.ts';
import { createAuditBucket } from '../../../lambdas/adapters/s3/audit-bucket.ts';
import { createS3 } from '../../../lambdas/adapters/s3/client.ts';
import { createSecurityTopic } from '../../../lambdas/adapters/sns/security-topic.ts';
import { auditPrefix, parseAuditSegmentKey } from '../../../lambdas/contract/storage-keys.ts';
import { tenantEvent } from '../../../lambdas/core/files/event.ts';
import { startOfTime } from '../../support/domain.ts';

process.env.AWS_REGION ??= 'eu-west-1';

it('heads are signed so that the public key alone can check them', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  mockClient(KMSClient)
    .on(SignCommand, { KeyId: 'key', MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' })
    .callsFake(({ Message }) => ({ Signature: sign('sha256', Message, privateKey) }));
  const { keyId, signature } = await createHeadSigner('key').sign('the head');

  expect(keyId).toBe('key');
  expect(verify('sha256', Buffer.from('the head'), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
});

it('segments lie by tenant, day and number, with the checksum that a locked bucket asks for', async () => {
  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).resolves({});
  const head = { tenantId: 'acme', firstSeq: 7, lastSeq: 8, prevHash: '', hash: '', sealedAt: startOfTime };
  await createAuditBucket(createS3({ pathStyle: true }), 'audit').put(head, 'text');

  const { Key = '', ChecksumAlgorithm, Body } = s3.commandCalls(PutObjectCommand)[0]?.args[0].input ?? {};
  expect(Key.startsWith(auditPrefix('acme'))).toBe(true);
  expect(parseAuditSegmentKey(Key)).toEqual({ day: '2026-11-20', firstSeq: 7 });
  expect(parseAuditSegmentKey('tenants/acme/2026/11/20/note.txt')).toBeUndefined();
  expect([ChecksumAlgorithm, Body]).toEqual(['SHA256', 'text']);
});

it('a segment is written once: one that lies there is left as it is, any other refusal is told', async () => {
  const s3 = mockClient(S3Client);
  const head = { tenantId: 'acme', firstSeq: 7, lastSeq: 8, prevHash: '', hash: '', sealedAt: startOfTime };
  const bucket = createAuditBucket(createS3({ pathStyle: true }), 'audit');
  const refusal = (httpStatusCode: number) =>
    new S3ServiceException({ name: 'Refused', $fault: 'client', $metadata: { httpStatusCode } });

  s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(refusal(412));
  await bucket.put(head, 'text');
  s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(refusal(403));
  await expect(bucket.put(head, 'text')).rejects.toThrow();
});

it('an alert tells ids and numbers, and by its subject how bad it is', async () => {
  const sns = mockClient(SNSClient);
  sns.on(PublishCommand).resolves({});
  const stamp = { at: startOfTime, eventId: 'E', actor: { kind: 'system' } as const };
  const data = { recordId: 'R', operation: 'delete', risk: 0.8, userId: 'alice' };
  await createSecurityTopic('arn:topic')(tenantEvent('acme', 'security.alert', stamp, data));

  const { TopicArn, Subject, Message } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
  expect([TopicArn, Subject]).toEqual(['arn:topic', 'Sluice security alert: delete, risk 0.8']);
  expect(JSON.parse(Message ?? '')).toEqual({ tenantId: 'acme', at: startOfTime, ...data });
});
