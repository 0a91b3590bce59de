import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from './aws-env.ts';
import { messageOf } from './failure.ts';

/** Runs a function that a schedule would run minutes later. Returns why it failed, if it did. */
export async function runFunction(endpoint: string, FunctionName: string): Promise<string | undefined> {
  const lambda = new LambdaClient(localClientConfig(endpoint));
  try {
    const result = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
    return result.FunctionError ? Buffer.from(result.Payload ?? []).toString() : undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    lambda.destroy();
  }
}
