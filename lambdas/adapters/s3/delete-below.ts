import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** Deletes every object of an unversioned bucket whose key begins so. */
export async function deleteBelow(s3: S3Client, bucket: string, prefix: string): Promise<void> {
  let token: string | undefined;
  do {
    const answer = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key } of answer.Contents ?? []) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    }
    token = answer.NextContinuationToken;
  } while (token);
}
