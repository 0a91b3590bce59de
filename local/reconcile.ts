import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from './aws-env.ts';
import { LocalFailure } from './failure.ts';

/**
 * After a restart the engine has lost multipart uploads in progress and stream records: one run of the sweep finishes
 * or sends again what they left behind, which its schedule would do minutes later.
 */
export async function reconcile(endpoint: string, sweepFunctionName: string): Promise<void> {
  const lambda = new LambdaClient(localClientConfig(endpoint));
  try {
    const result = await lambda.send(new InvokeCommand({ FunctionName: sweepFunctionName, Payload: '{}' }));
    if (!result.FunctionError) return;
    const detail = Buffer.from(result.Payload ?? []).toString();
    throw new LocalFailure(`The sweep after the restart failed: ${detail}.`);
  } finally {
    lambda.destroy();
  }
}
