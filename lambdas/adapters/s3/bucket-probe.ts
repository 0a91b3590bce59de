import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';

/** Resolves when the bucket answers. */
export async function bucketAnswers(s3: S3Client, bucket: string): Promise<void> {
  await s3.send(new HeadBucketCommand({ Bucket: bucket }));
}
