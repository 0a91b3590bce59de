import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme } from '@aws-sdk/checksums/crc';
import { GetObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { InspectDeps, IntakeVersion } from '../../core/intake/inspect.ts';
import { type ChecksumAlgorithm, checksumAlgorithms } from '../../core/uploads/checksum.ts';

/** Reads of exactly one version in the intake bucket; only the pipeline's role may. */
export function createIntakeReader(
  s3: S3Client,
  bucket: string,
): Omit<InspectDeps['intake'], 'deleteVersion'> {
  const target = (version: IntakeVersion) => ({
    Bucket: bucket,
    Key: intakeKey(version),
    VersionId: version.versionId,
  });
  return {
    facts: async (version) => {
      try {
        const head = await s3.send(new HeadObjectCommand({ ...target(version), ChecksumMode: 'ENABLED' }));
        const whole = head.ChecksumType !== 'COMPOSITE';
        return {
          size: head.ContentLength ?? 0,
          etag: head.ETag ?? '',
          checksums: whole
            ? Object.fromEntries(
                checksumAlgorithms.flatMap((algorithm) => {
                  const value = head[`Checksum${algorithm}`];
                  // A composite value ends in "-<parts>" and says nothing of the whole object.
                  return value && !value.includes('-') ? [[algorithm, value]] : [];
                }),
              )
            : {},
        };
      } catch (error) {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
        throw error;
      }
    },
    readRange: async (version, from, length) => {
      const { Body } = await s3.send(
        new GetObjectCommand({ ...target(version), Range: `bytes=${from}-${from + length - 1}` }),
      );
      if (!Body) throw new Error('S3 answered a range without a body');
      return Body.transformToByteArray();
    },
    checksum: async (version, algorithm) => {
      const { Body } = await s3.send(new GetObjectCommand(target(version)));
      return digestOf(Body as unknown as AsyncIterable<Uint8Array>, algorithm);
    },
  };
}

/** Streams, so that memory stays at one chunk whatever the object's size. base64 */
async function digestOf(chunks: AsyncIterable<Uint8Array>, algorithm: ChecksumAlgorithm): Promise<string> {
  if (algorithm === 'SHA256') {
    const hash = createHash('sha256');
    for await (const chunk of chunks) hash.update(chunk);
    return hash.digest('base64');
  }
  if (algorithm === 'CRC32') {
    let value = 0;
    for await (const chunk of chunks) value = crc32(chunk, value);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes.toString('base64');
  }
  const crc64 = new Crc64Nvme();
  for await (const chunk of chunks) crc64.update(chunk);
  return Buffer.from(await crc64.digest()).toString('base64');
}
