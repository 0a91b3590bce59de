import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createDb, type Db } from '../../lambdas/adapters/dynamodb/client.ts';

const metadata = { $metadata: {} };

/** A document client whose answers a test sets, and what an adapter needs of it. */
export function tableClient(): { db: Db; ddb: ReturnType<typeof mockClient> } {
  process.env.AWS_REGION ??= 'eu-west-1';
  const db = createDb('Table');
  return { db, ddb: mockClient(DynamoDBDocumentClient) };
}

/** DynamoDB's answer to a transaction that did not happen: a reason for each of its steps. */
export const cancelled = (reasons: readonly { Code: string; Item?: Record<string, { N: string }> }[]) =>
  new TransactionCanceledException({
    ...metadata,
    message: 'Transaction cancelled',
    CancellationReasons: [...reasons],
  });

export const reasonsWith = (
  count: number,
  index: number,
  reason: { Code: string; Item?: Record<string, { N: string }> },
) => Array.from({ length: count }, (_, n) => (n === index ? reason : { Code: 'None' }));
