import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { Resembling } from '../../core/files/effects.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { Resemblance, Resemblances } from '../../core/files/similar.ts';
import { bandsOf } from '../../core/images/hash-bands.ts';
import type { Db } from './client.ts';
import type { Step } from './transact.ts';

/**
 * Entries of one value of one band that are read: 150 bytes each. Of a million files a value has some 120 to 240; a tenant with
 * more copies of one picture than this is shown some of them.
 */
const maxEntries = 400;

/** An entry for each band of the hash comes, or goes, with the change of the file. */
export function resemblanceSteps(
  table: string,
  { tenantId, fileId, ownerId }: FileRecord,
  { releases, claims }: Resembling,
): readonly Step[] {
  const keyOf = (hash: string) =>
    bandsOf(hash).map(({ band, value }) => keys.resemblance(tenantId, band, value, fileId));
  const claimed = claims ? keyOf(claims) : [];
  const released = releases ? keyOf(releases) : [];
  return [
    ...claimed.map((key): Step => {
      const Item = { ...key, kind: 'resemblance', fileId, ownerId, perceptualHash: claims };
      return { Put: { TableName: table, Item } };
    }),
    // Two hashes may have a band in common, and DynamoDB takes an item only once into a transaction.
    ...released
      .filter(({ pk }) => !claimed.some((key) => key.pk === pk))
      .map((Key): Step => ({ Delete: { TableName: table, Key } })),
  ];
}

export const createResemblances = (db: Db): Resemblances => ({
  resemblances: async (tenantId, bands) => {
    const pages = await Promise.all(
      bands.map(async ({ band, value }) => {
        const { Items = [] } = await db.client.send(
          new QueryCommand({
            TableName: db.table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': keys.resemblance(tenantId, band, value, '').pk },
            Limit: maxEntries,
          }),
        );
        return Items as unknown as readonly Resemblance[];
      }),
    );
    return pages.flat().map(({ fileId, ownerId, perceptualHash }) => ({ fileId, ownerId, perceptualHash }));
  },
});
