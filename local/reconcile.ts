import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from './aws-env.ts';
import { messageOf } from './failure.ts';

/**
 * After a restart the engine has lost multipart uploads in progress and stream records: one run of the sweep finishes
 * or sends again what they left behind, which its schedule would do minutes later. Returns why it failed, if it did.
 */
export async function reconcile(endpoint: string, sweepFunctionName: string): Promise<string | undefined> {
  const lambda = new LambdaClient(localClientConfig(endpoint));
  try {
    const result = await lambda.send(new InvokeCommand({ FunctionName: sweepFunctionName, Payload: '{}' }));
    return result.FunctionError ? Buffer.from(result.Payload ?? []).toString() : undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    lambda.destroy();
  }
}
