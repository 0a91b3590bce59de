import { expect, it } from 'vitest';
import { fileItem, sessionItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { countOpenSessions } from '../../../lambdas/adapters/dynamodb/sweep-store.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { file, session, startOfTime } from '../../support/domain.ts';
import { memoryDb } from '../../support/memory-dynamodb/client.ts';

it('open uploads are counted without reading the trash, which is due weeks later', async () => {
  const { db, table } = memoryDb();
  const soon = addSeconds(startOfTime, 900);
  for (const uploadId of ['U1', 'U2', 'U3']) table.put(sessionItem(session({ uploadId }), soon));
  const trashed = { status: 'deleted', dueAt: addSeconds(startOfTime, 30 * 86_400) } as const;
  for (let n = 0; n < 50; n += 1) table.put(fileItem(file({ fileId: `T${n}`, ...trashed })));
  let read = 0;
  const { send } = db.client;
  db.client.send = (async (command: never) => {
    const answer = (await send(command)) as unknown as { ScannedCount: number };
    read += answer.ScannedCount;
    return answer;
  }) as never;

  expect(await countOpenSessions(db, soon, () => false)).toBe(3);

  expect(read).toBe(3);
});
