import { GetObjectCommand } from '@aws-sdk/client-s3';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { intakeKey } from '../../lambdas/contract/storage-keys.ts';
import {
  type Cost,
  examineFile,
  forgetPeak,
  owner,
  peakRssMb,
  s3Of,
  type ToExamine,
} from '../../test/support/bombs/examine-child.ts';

/**
 * Judges one object in a process of its own, so that its peak memory is its own, and prints what that took:
 * `node bench/support/verdict-once.ts <variant> <file as JSON> <tiny file as JSON>`.
 */
export const variants = ['ranged reads', 'whole object'] as const;
export type Variant = (typeof variants)[number];

/** The peer: get the object, ask `file-type` what it is, and sharp for an image's header. */
async function examineWhole({ endpoint, bucket, fileId }: ToExamine): Promise<Cost> {
  const s3 = s3Of(endpoint);
  forgetPeak();
  const startedAt = performance.now();
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: intakeKey({ ...owner, fileId }) }),
  );
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const type = await fileTypeFromBuffer(bytes);
  if (type?.mime.startsWith('image/')) await sharp(bytes).metadata();
  const ms = performance.now() - startedAt;
  s3.destroy();
  const outcome = type ? 'stored' : 'type_mismatch';
  return { outcome, detail: '', ms, reads: 1, readBytes: bytes.length, peakRssMb: peakRssMb() };
}

const judge: Record<Variant, (file: ToExamine) => Promise<Cost>> = {
  'ranged reads': examineFile,
  'whole object': examineWhole,
};

if (import.meta.main) {
  process.env.AWS_REGION = 'us-east-1';
  const [variant, file, tiny] = process.argv.slice(2) as [Variant, string, string];
  // The first call of a process loads what all calls need.
  await judge[variant](JSON.parse(tiny) as ToExamine);
  process.stdout.write(JSON.stringify(await judge[variant](JSON.parse(file) as ToExamine)));
}
