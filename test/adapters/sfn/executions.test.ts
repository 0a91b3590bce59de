import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExecutions } from '../../../lambdas/adapters/sfn/executions.ts';

const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:transcode';
const job = { tenantId: 'acme', fileId: 'F1', version: 2, attempt: 3 };

describe('executions of the transcode workflow', () => {
  const sfn = mockClient(SFNClient);
  const executions = createExecutions(new SFNClient({ region: 'eu-west-1' }), machine);
  beforeEach(() => {
    sfn.reset();
  });

  it('are named by what they work on, and get nothing else', async () => {
    sfn.on(StartExecutionCommand).resolves({});

    expect(await executions.start({ ...job, startedAt: 'now' } as typeof job)).toBe('started');

    const { input, ...rest } = sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input ?? {};
    expect(rest).toEqual({ stateMachineArn: machine, name: 'F1-v2-3' });
    expect(JSON.parse(input ?? '')).toEqual(job);
  });

  it('are started once, whoever asks again', async () => {
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: '', $metadata: {} }));

    expect(await executions.start(job)).toBe('exists');
  });

  it('tell any other failure', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('no network'));
    sfn.on(DescribeExecutionCommand).rejects(new Error('no network'));

    await expect(executions.start(job)).rejects.toThrow('no network');
    await expect(executions.status(job)).rejects.toThrow('no network');
  });

  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ] as const)('that are %s are %s', async (status, expected) => {
    const executionArn = 'arn:aws:states:eu-west-1:123456789012:execution:transcode:F1-v2-3';
    sfn.on(DescribeExecutionCommand, { executionArn }).resolves({ status });

    expect(await executions.status(job)).toBe(expected);
  });

  it('that never were are unknown', async () => {
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: '', $metadata: {} }));

    expect(await executions.status(job)).toBe('unknown');
  });
});
