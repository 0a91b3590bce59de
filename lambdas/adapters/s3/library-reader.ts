import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LibraryLocation } from '../../core/files/shared-content.ts';

/** One version of a library object, whole: callers bound its size first. */
export async function readLibraryObject(
  s3: S3Client,
  bucket: string,
  location: LibraryLocation,
): Promise<Uint8Array> {
  const { Body, ContentLength = 0 } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: location.key, VersionId: location.versionId }),
  );
  if (!Body) throw new Error(`S3 answered without a body for ${location.key}`);
  // Into its place as it comes: collected first and joined then, it would be in memory twice.
  const bytes = Buffer.allocUnsafe(ContentLength);
  let length = 0;
  for await (const chunk of Body as AsyncIterable<Uint8Array>) {
    if (length + chunk.byteLength <= ContentLength) bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  if (length !== ContentLength)
    throw new Error(`S3 sent ${length} bytes of ${ContentLength} for ${location.key}`);
  return bytes;
}

/** A part of it; fewer bytes only where the object ends. */
export async function readLibraryRange(
  s3: S3Client,
  bucket: string,
  { key, versionId }: LibraryLocation,
  from: number,
  length: number,
): Promise<Uint8Array> {
  const Range = `bytes=${from}-${from + length - 1}`;
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range }),
  );
  if (!Body) throw new Error(`S3 answered a range of ${key} without a body`);
  return Body.transformToByteArray();
}
