/**
 * How an object is written that lies under a key of its tenant. Never with a bucket key: the encryption context would
 * then be the bucket instead of the object, and the key's policy could not tell one tenant's objects from another's.
 */
export const encryptionOf = (encryptionKey: string | undefined) =>
  encryptionKey
    ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: encryptionKey, BucketKeyEnabled: false }
    : {};

/** The same as headers, for a PUT that is signed without a command. */
export const encryptionHeaders = (encryptionKey: string | undefined): Record<string, string> =>
  encryptionKey
    ? {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': encryptionKey,
        'x-amz-server-side-encryption-bucket-key-enabled': 'false',
      }
    : {};
