import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionName } from '../../contract/transcode.ts';
import type { Executions } from '../../core/video/executions.ts';
import type { TranscodeRef } from '../../core/video/transcode.ts';
import { withDeadline } from '../request-deadline.ts';

/** Of one attempt; all of them stay well within the function's minute. */
const requestTimeoutMs = 5_000;

export const createSfn = (): SFNClient =>
  new SFNClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts: 4 });

export const createExecutions = (sfn: SFNClient, stateMachineArn: string): Executions => ({
  start: async ({ tenantId, fileId, version, attempt }) => {
    const job = { tenantId, fileId, version, attempt };
    try {
      await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name: executionName(job), input: JSON.stringify(job) }),
      );
      return 'started';
    } catch (error) {
      // With the same input a running one is answered as if it were new; this is one that has ended.
      if (error instanceof ExecutionAlreadyExists) return 'exists';
      throw error;
    }
  },
  status: async (execution) => {
    const executionArn = executionArnOf(stateMachineArn, execution);
    try {
      const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return 'unknown';
      throw error;
    }
  },
});

/** arn:aws:states:region:account:stateMachine:name -> ...:execution:name:execution */
const executionArnOf = (stateMachineArn: string, execution: TranscodeRef): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(execution)}`;
