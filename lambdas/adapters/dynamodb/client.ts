import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withDeadline } from '../request-deadline.ts';

/** DynamoDB answers in milliseconds; what takes longer than this is better tried again. */
const requestTimeoutMs = 3_000;

export interface Db {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

export function createDb(table: string): Db {
  const client = new DynamoDBClient({
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 4,
  });
  const marshallOptions = {
    removeUndefinedValues: true,
    // Else a user's metadata field named `constructor` makes its map look like an instance of a class, and is refused.
    convertClassInstanceToMap: true,
  };
  return { client: DynamoDBDocumentClient.from(client, { marshallOptions }), table };
}
