import { keys } from '../../contract/table.ts';
import type { ContentMove } from '../../core/files/shared-content.ts';
import type { Step } from './transact.ts';

/**
 * What a change does to contents that several files may have, on conditions that keep a file from coming to bytes which
 * another removes at that moment: who leaves last removes the record, who comes needs it. Those who come, and those who
 * leave while enough others stay, do not hinder each other.
 */
export const contentSteps = (
  table: string,
  fileId: string,
  moves: readonly ContentMove[] = [],
): readonly Step[] => moves.flatMap((move) => stepsOf(table, fileId, move));

function stepsOf(TableName: string, fileId: string, move: ContentMove): readonly Step[] {
  const { kind, content } = move;
  const { tenantId, location } = content;
  const holder = keys.contentHolder(content, fileId);
  const object = keys.contentObject(tenantId, location.versionId);
  const comes: Step = { Put: { TableName, Item: { ...holder, kind: 'contentHolder', fileId } } };
  const goes: Step = { Delete: { TableName, Key: holder } };
  switch (kind) {
    case 'found': {
      const { sha256, size, encryptionKey } = content;
      const of = { tenantId, sha256, size, ...(encryptionKey && { encryptionKey }) };
      return [
        {
          Put: {
            TableName,
            Item: { ...keys.content(content), kind: 'content', ...content },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        { Put: { TableName, Item: { ...object, kind: 'contentObject', ...of } } },
        comes,
      ];
    }
    case 'join':
      return [
        count(TableName, move, '#location.versionId = :object AND attribute_not_exists(closed)', {
          names: { '#location': 'location' },
          values: { ':object': location.versionId },
        }),
        comes,
      ];
    case 'leave':
      return [count(TableName, move, enoughStay(move), { values: { ':one': 1 } }), goes];
    case 'pay':
      return [count(TableName, move, 'unpaid >= :one', { values: { ':one': 1 } })];
    case 'end':
      return [
        {
          Delete: {
            TableName,
            Key: keys.content(content),
            ConditionExpression: 'paid = :one AND unpaid = :zero',
            ExpressionAttributeValues: { ':one': 1, ':zero': 0 },
          },
        },
        { Delete: { TableName, Key: object } },
        goes,
      ];
  }
}

/** Of those that count one stays; one that does not count leaves another behind in any case. */
const enoughStay = ({ paid }: ContentMove): string => (paid < 0 ? 'paid > :one' : 'unpaid >= :one');

const count = (
  TableName: string,
  { content, paid, unpaid }: ContentMove,
  ConditionExpression: string,
  { names, values }: { names?: Record<string, string>; values: Record<string, unknown> },
): Step => ({
  Update: {
    TableName,
    Key: keys.content(content),
    UpdateExpression: 'ADD paid :paid, unpaid :unpaid',
    ConditionExpression,
    ...(names && { ExpressionAttributeNames: names }),
    ExpressionAttributeValues: { ':paid': paid, ':unpaid': unpaid, ...values },
  },
});
