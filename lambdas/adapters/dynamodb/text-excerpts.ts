import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { FileRecord } from '../../core/files/file.ts';
import type { TextExcerpts } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { getItem } from './file-store.ts';

type Content = Pick<FileRecord, 'tenantId' | 'fileId' | 'uploadId'>;

const keyOf = ({ tenantId, fileId, uploadId }: Content) => keys.text(tenantId, fileId, uploadId);

/** Beside the file's record, of which 10,000 characters would be most: every read and write of it would pay for them. */
export const createTextExcerpts = (db: Db): TextExcerpts => {
  const put = async (content: Content, item: object): Promise<void> => {
    const Item = { ...keyOf(content), kind: 'text', ...item };
    await db.client.send(new PutCommand({ TableName: db.table, Item }));
  };
  return {
    save: (content, excerpt) => put(content, { excerpt }),
    read: async (content) => (await getItem(db, keyOf(content)))?.excerpt as string | undefined,
    // Emptied at once, and removed by DynamoDB: workers may not delete items.
    forget: (content, at) => put(content, { [timeToLiveAttribute]: Math.floor(Date.parse(at) / 1000) }),
  };
};
