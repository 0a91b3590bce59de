import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createLegalHolds, createRetention } from '../../../lambdas/adapters/s3/object-locks.ts';
import { createObjectRemover } from '../../../lambdas/adapters/s3/object-remover.ts';
import { createTenantBytes } from '../../../lambdas/adapters/s3/tenant-bytes.ts';
import { file } from '../../support/domain.ts';

const client = new S3Client({ region: 'eu-west-1' });
const buckets = { intake: 'intake', library: 'library', derived: 'derived' };
const at = { key: 'K', versionId: 'V' };
const denied = new S3ServiceException({
  ...{ name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: 403 } },
  message: 'Access Denied because object protected by object lock.',
});
const until = '2027-01-01T00:00:00.000Z';

/** A library of which S3 has locked some versions. */
function library(versions: readonly string[], locked: readonly string[]) {
  const s3 = mockClient(S3Client);
  const left = new Set(versions);
  s3.on(ListObjectVersionsCommand).resolves({});
  s3.on(ListObjectVersionsCommand, { Bucket: 'library' }).callsFake(
    ({ KeyMarker = '', MaxKeys = 1_000 }: { KeyMarker?: string; MaxKeys?: number }) => {
      const rest = [...left].sort().filter((key) => key > KeyMarker);
      const page = rest.slice(0, MaxKeys);
      return {
        Versions: page.map((Key) => ({ Key, VersionId: 'V' })),
        ...(rest.length > page.length && { IsTruncated: true, NextKeyMarker: page.at(-1) }),
      };
    },
  );
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(ListMultipartUploadsCommand).resolves({});
  s3.on(DeleteObjectCommand).callsFake(async ({ Key }: { Key: string }) => {
    if (locked.includes(Key)) throw denied;
    left.delete(Key);
  });
  return { s3, left };
}

describe('a lock', () => {
  it.each([
    ['governance', 'GOVERNANCE'],
    ['compliance', 'COMPLIANCE'],
  ] as const)('of the mode %s is on one version until its date, without any bypass', async (mode, Mode) => {
    const s3 = mockClient(S3Client);
    s3.on(PutObjectRetentionCommand).resolves({});
    await createRetention(client, 'library', mode).retain(at, until);

    expect(s3.commandCalls(PutObjectRetentionCommand)[0]?.args[0].input).toEqual({
      ...{ Bucket: 'library', Key: 'K', VersionId: 'V', ChecksumAlgorithm: 'SHA256' },
      Retention: { Mode, RetainUntilDate: new Date(until) },
    });
  });

  it('by legal hold goes on and off', async () => {
    const s3 = mockClient(S3Client);
    s3.on(PutObjectLegalHoldCommand).resolves({});
    const { hold } = createLegalHolds(client, 'library');
    await hold(at, true);
    await hold(at, false);

    const asked = s3.commandCalls(PutObjectLegalHoldCommand).map(({ args }) => args[0].input);
    expect(asked.map(({ LegalHold }) => LegalHold?.Status)).toEqual(['ON', 'OFF']);
    for (const each of asked) expect(each).toMatchObject({ Bucket: 'library', Key: 'K', VersionId: 'V' });
  });
});

describe('what S3 has locked', () => {
  const remove = (locks: boolean) =>
    createObjectRemover({ s3: client, locks, buckets }).deleteEverything(file());

  it('is told by a purge, which removes all the rest and asks for no bypass', async () => {
    const { s3, left } = library(['a', 'b', 'c'], ['b']);

    expect(await remove(true)).toBe('locked');
    expect([...left]).toEqual(['b']);
    for (const { args } of s3.commandCalls(DeleteObjectCommand)) {
      expect(args[0].input.BypassGovernanceRetention).toBeUndefined();
    }
  });

  it('cannot be where the stage has no Object Lock: the refusal is an error then', async () => {
    library(['a'], ['a']);
    await expect(remove(false)).rejects.toThrow('Access Denied');
  });

  it('holds up nothing of an erasure that lies behind it', async () => {
    const keys = Array.from({ length: 450 }, (_, index) => `k${String(index).padStart(4, '0')}`);
    const { left } = library(keys, keys.slice(0, 250));
    const bytes = createTenantBytes({ s3: client, locks: true, buckets });

    let outcome = await bytes.erase('acme');
    for (let round = 0; round < 10 && outcome === 'more'; round += 1) outcome = await bytes.erase('acme');

    expect(outcome).toBe('locked');
    expect([...left]).toEqual(keys.slice(0, 250));
  });

  it('is nothing where nothing is left', async () => {
    library([], []);
    expect(await createTenantBytes({ s3: client, locks: true, buckets }).erase('acme')).toBe('gone');
  });
});
