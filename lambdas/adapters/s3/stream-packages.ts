import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StreamPackage } from '../../core/video/encoded.ts';
import type { StreamDeps } from '../../core/video/stream.ts';

/** What playlists are written from, as verified transcodes have left it. */
export const createStreamPackages = (s3: S3Client, Bucket: string): StreamDeps['packages'] => ({
  read: async (Key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    if (!Body) throw new Error(`S3 answered without a body for ${Key}`);
    return JSON.parse(await Body.transformToString('utf-8')) as StreamPackage;
  },
});
