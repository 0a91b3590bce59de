import {
  ObjectLockRetentionMode,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectLocks } from '../../core/files/object-lock.ts';

export type LockMode = 'governance' | 'compliance';

const modes = {
  governance: ObjectLockRetentionMode.GOVERNANCE,
  compliance: ObjectLockRetentionMode.COMPLIANCE,
} as const;

/** Locks on versions in the library. Nobody here has the right to bypass governance, nor asks for it. */
export const createRetention = (
  s3: S3Client,
  bucket: string,
  mode: LockMode,
): Pick<ObjectLocks, 'retain'> => ({
  retain: async ({ key, versionId }, until) => {
    await s3.send(
      new PutObjectRetentionCommand({
        ...{ Bucket: bucket, Key: key, VersionId: versionId },
        Retention: { Mode: modes[mode], RetainUntilDate: new Date(until) },
        // S3 takes no change of a lock without one.
        ChecksumAlgorithm: 'SHA256',
      }),
    );
  },
});

export const createLegalHolds = (s3: S3Client, bucket: string): Pick<ObjectLocks, 'hold'> => ({
  hold: async ({ key, versionId }, on) => {
    await s3.send(
      new PutObjectLegalHoldCommand({
        ...{ Bucket: bucket, Key: key, VersionId: versionId },
        LegalHold: { Status: on ? 'ON' : 'OFF' },
        ChecksumAlgorithm: 'SHA256',
      }),
    );
  },
});

/** How S3 refuses to delete a version that is locked. Whoever may delete there at all can be refused for nothing else. */
export const isLockRefusal = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'AccessDenied';
