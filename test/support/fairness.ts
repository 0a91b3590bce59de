import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type FairLane, fairLanes } from '../../lambdas/contract/queues.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { type Api, type InitiateBody, ok } from './api.ts';
import type { Engine } from './engine.ts';
import { createTenant, type TestTenant } from './tenants.ts';
import { put } from './uploads.ts';

/** More at once wait for each other at the tenant's counter. */
const batchUploads = 20;
const putsAtOnce = 8;

/** May send a thousand files at once, which nobody scans: what is looked at is the order of the work, not its parts. */
export const createSender = (engine: Engine): Promise<TestTenant> =>
  createTenant(engine, {
    policy: {
      slotsPerUser: 2_000,
      maxConcurrentUploads: 2_000,
      initiationsPerMinute: 10_000,
      virusScanningRequired: false,
    },
  });

/** Uploads the picture `count` times; resolves with the files' ids when the last of them has landed. */
export async function sendPictures(
  api: Api,
  count: number,
  picture: Buffer,
  rest: InitiateBody = {},
): Promise<readonly string[]> {
  const fileIds: string[] = [];
  while (fileIds.length < count) {
    const uploads = Array.from({ length: Math.min(batchUploads, count - fileIds.length) }, () => ({
      ...{ path: '/', filename: `${randomUUID()}.jpg`, mimeType: 'image/jpeg', size: picture.length },
      ...rest,
    }));
    const { results } = ok(await api.batch(uploads));
    const waiting = results.flatMap(({ upload, error }) => {
      // Busy: the next round asks for another.
      if (!upload && error?.code !== 'capacity_exceeded') throw new Error(JSON.stringify(error));
      return upload ?? [];
    });
    const worker = async (): Promise<void> => {
      for (let upload = waiting.shift(); upload; upload = waiting.shift()) {
        const [target] = upload.parts;
        if (!target) throw new Error(`no URL for ${upload.fileId}`);
        const { status, body } = await put(target, picture);
        if (status !== 200) throw new Error(`S3 answered ${status}: ${body}`);
        fileIds.push(upload.fileId);
      }
    };
    await Promise.all(Array.from({ length: putsAtOnce }, worker));
  }
  return fileIds;
}

/** How many of the caller's files have this status. */
export async function countOf(api: Api, status: string): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = ok(await api.files({ status, limit: 1_000, recursive: true, path: '/', cursor }));
    count += page.files.length;
    cursor = page.nextCursor;
  } while (cursor);
  return count;
}

/** What of the tenant is being worked on at this moment, by lane. */
export async function inFlight(
  { db, stack }: Engine,
  tenantId: string,
): Promise<Partial<Record<FairLane, number>>> {
  const counts = await Promise.all(
    fairLanes.map(async (lane) => {
      const { Item } = await db.send(
        new GetCommand({ TableName: stack.tableName, Key: keys.laneSlots(lane, tenantId) }),
      );
      return [lane, (Item?.slots as Set<string> | undefined)?.size ?? 0] as const;
    }),
  );
  return Object.fromEntries(counts);
}
