import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { auditPrefix, parseAuditSegmentKey } from '../../lambdas/contract/storage-keys.ts';
import { BrokenChain, type StoredSegment } from '../../lambdas/core/audit/verify.ts';

/** Where sealed segments lie: the audit bucket, or a copy of it on disk. */
export interface SegmentSource {
  keys(tenantId: string): Promise<readonly string[]>;
  text(key: string): Promise<string>;
}

export const inBucket = (s3: S3Client, bucket: string): SegmentSource => ({
  keys: async (tenantId) => {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: auditPrefix(tenantId),
          ContinuationToken: token,
        }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
      token = page.NextContinuationToken;
    } while (token);
    return keys;
  },
  text: async (key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  },
});

/** A copy as `aws s3 sync` makes it. */
export const inDirectory = (dir: string): SegmentSource => ({
  keys: async (tenantId) => {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, sep).length).replaceAll(sep, '/'))
      .filter((key) => key.startsWith(auditPrefix(tenantId)));
  },
  text: (key) => readFile(join(dir, key), 'utf8'),
});

type Place = Omit<StoredSegment, 'text'>;

/** In the order of the chain. @throws BrokenChain for what no sealer has put there */
export async function placesOf(source: SegmentSource, tenantId: string): Promise<readonly Place[]> {
  const places = (await source.keys(tenantId)).map((key) => {
    const parsed = parseAuditSegmentKey(key);
    if (!parsed) throw new BrokenChain(`${key} was inserted: it is no segment.`);
    return { key, ...parsed };
  });
  return places.sort((a, b) => a.firstSeq - b.firstSeq || (a.key < b.key ? -1 : 1));
}

/**
 * Those of the days from `from` to `to`, with the one before, which they must follow, and the one after, which must
 * follow them: so that nothing can be missing at either end of the range.
 */
export function placesWithin(
  all: readonly Place[],
  from: string | undefined,
  to: string | undefined,
): { readonly places: readonly Place[]; readonly fromStart: boolean; readonly toEnd: boolean } {
  const first = from === undefined ? 0 : all.findIndex(({ day }) => day >= from);
  const begin = first < 0 ? all.length - 1 : first - 1;
  const after = to === undefined ? -1 : all.findIndex(({ day }) => day > to);
  const end = after < 0 ? all.length : after + 1;
  return {
    places: all.slice(Math.max(0, begin), end),
    fromStart: begin < 0,
    toEnd: end === all.length,
  };
}

export async function* segmentsAt(
  source: SegmentSource,
  places: readonly Place[],
): AsyncGenerator<StoredSegment> {
  for (const place of places) yield { ...place, text: await source.text(place.key) };
}
