import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import type { ScannerBreaker } from '../../core/intake/scanner.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { ifCondition } from './file-store.ts';

export interface BreakerSettings {
  /** Failures in a row that open it, and for how long. */
  readonly breakerFailures: number;
  readonly breakerOpenSeconds: number;
  readonly now: () => string;
}

/**
 * One item for the whole stage, written only while the scanner fails: a scan that goes well costs one read. `openUntil`
 * is there while it is open; who moves it on when that time is over is the one that tries the scanner.
 */
export function createScannerBreaker(db: Db, settings: BreakerSettings): ScannerBreaker {
  const Key = keys.scannerBreaker();
  const TableName = db.table;
  const read = async () => (await db.client.send(new GetCommand({ TableName, Key }))).Item;
  const reopened = () => addSeconds(settings.now(), settings.breakerOpenSeconds);
  return {
    isOpen: async () => {
      const openUntil: string | undefined = (await read())?.openUntil;
      return openUntil !== undefined && openUntil > settings.now();
    },
    mayScan: async () => {
      const openUntil: string | undefined = (await read())?.openUntil;
      if (openUntil === undefined) return true;
      if (openUntil > settings.now()) return false;
      const moved = await ifCondition(() =>
        db.client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET openUntil = :next',
            ConditionExpression: 'openUntil = :seen',
            ExpressionAttributeValues: { ':next': reopened(), ':seen': openUntil },
          }),
        ),
      );
      return moved !== undefined;
    },
    failed: async () => {
      const { Attributes } = await db.client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'ADD failures :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'ALL_NEW',
        }),
      );
      if (Number(Attributes?.failures) < settings.breakerFailures) return;
      await db.client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET openUntil = :next',
          ExpressionAttributeValues: { ':next': reopened() },
        }),
      );
    },
    succeeded: async () => {
      if (await read()) await db.client.send(new DeleteCommand({ TableName, Key }));
    },
  };
}
