import type { S3Client } from '@aws-sdk/client-s3';

export interface BucketAddress {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  /** Path of the bucket's root, without a trailing slash. */
  readonly path: string;
}

/** Where a bucket's objects are, by the SDK's own endpoint rules (region, partition, path style, custom endpoint). */
export async function bucketAddress(s3: S3Client, bucket: string): Promise<BucketAddress> {
  const custom = s3.config.isCustomEndpoint && (await s3.config.endpoint?.());
  const { url } = s3.config.endpointProvider({
    Bucket: bucket,
    Region: await s3.config.region(),
    ForcePathStyle: s3.config.forcePathStyle,
    ...(custom && {
      Endpoint: `${custom.protocol}//${custom.hostname}${custom.port ? `:${custom.port}` : ''}`,
    }),
  });
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: url.pathname.replace(/\/$/, ''),
  };
}
