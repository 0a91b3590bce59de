import type { Db } from '../adapters/dynamodb/client.ts';
import { createTextExcerpts } from '../adapters/dynamodb/text-excerpts.ts';
import type { createS3 } from '../adapters/s3/client.ts';
import { createDerivedBucket } from '../adapters/s3/derived-bucket.ts';
import type { DeliverDeps } from '../core/processing/deliver.ts';
import { keepText } from '../core/processing/keep-text.ts';

/** Where everybody who makes something of files puts it. */
export function wireDerived(s3: ReturnType<typeof createS3>, db: Db, bucket: string): DeliverDeps['derived'] {
  const objects = createDerivedBucket(s3, bucket);
  const excerpts = createTextExcerpts(db);
  return {
    ...objects,
    putText: (file, text, truncated) => keepText({ objects, excerpts }, file, text, truncated),
    forgetText: excerpts.forget,
  };
}
