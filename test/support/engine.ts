import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../local/aws-env.ts';
import type { StackFile } from '../../local/stack-file.ts';

/** A running stack, and clients with the engine's root credentials that look behind its API. */
export interface Engine {
  readonly stack: StackFile;
  readonly s3: S3Client;
  readonly db: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly cognito: CognitoIdentityProviderClient;
}

export function engineOf(stack: StackFile): Engine {
  const config = localClientConfig(stack.endpoint);
  return {
    stack,
    s3: new S3Client({ ...config, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    db: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    // The queue's URL names the queue; requests go to the engine.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    cognito: new CognitoIdentityProviderClient(config),
  };
}

/** Runs `work` over all items, at most `concurrency` of them at a time; answers in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

const pollEveryMs = 150;
/** Far above what anything takes on a busy small machine: reached only by what never happens. */
export const defaultDeadlineMs = 150_000;

/** Asks again until `probe` answers; throws with the last thing seen when the deadline passes. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  { deadlineMs = defaultDeadlineMs, seen }: { deadlineMs?: number; seen?: () => unknown } = {},
): Promise<T> {
  const endsAt = Date.now() + deadlineMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endsAt) {
      const last = seen ? `; last seen: ${JSON.stringify(seen())}` : '';
      throw new Error(`${what}: not within ${deadlineMs / 1000} s${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
}
