import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { IndexFilesDeps } from '../../core/search/index-files.ts';

/** Texts as the workers have kept them: bounded where they are written, so that one is read in one go. */
export const createTextObjects =
  (s3: S3Client, bucket: string): IndexFilesDeps['text'] =>
  async ({ text }) => {
    if (!text) return '';
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: text.key }));
    if (!Body) throw new Error('S3 answered a text without a body');
    return Body.transformToString('utf-8');
  };
