import { GetCommand, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { ScannedVersion, ScanResults, ScanVerdict } from '../../core/intake/scanner.ts';
import type { Db } from './client.ts';
import { record } from './file-item.ts';
import { ifCondition } from './file-store.ts';

/** A day more than a file may be held, so that no result goes while somebody may still ask for it. */
const slackSeconds = 86_400;

export interface ScanResultSettings {
  readonly heldSeconds: number;
  readonly now: () => string;
}

export const createScanResults = (db: Db, settings: ScanResultSettings): ScanResults => ({
  result: async ({ tenantId, fileId, versionId }) => {
    const { Item } = await db.client.send(
      new GetCommand({
        TableName: db.table,
        Key: keys.scan(tenantId, fileId, versionId),
        ConsistentRead: true,
      }),
    );
    return Item && (record(Item) as unknown as ScanVerdict);
  },
  save: async (of, verdict) => {
    await ifCondition(() => db.client.send(new PutCommand(saveParams(db.table, of, verdict, settings))));
  },
});

/** An engine that said "infected" once is believed, whatever another, or a repeat, says later. */
export const saveParams = (
  table: string,
  { tenantId, fileId, versionId }: ScannedVersion,
  verdict: ScanVerdict,
  { heldSeconds, now }: ScanResultSettings,
): PutCommandInput => ({
  TableName: table,
  Item: {
    ...keys.scan(tenantId, fileId, versionId),
    kind: 'scan',
    ...verdict,
    [timeToLiveAttribute]: Math.floor(Date.parse(now()) / 1000) + heldSeconds + slackSeconds,
  },
  ConditionExpression: 'attribute_not_exists(pk) OR verdict <> :infected OR :verdict = :infected',
  ExpressionAttributeValues: { ':infected': 'infected', ':verdict': verdict.verdict },
});
