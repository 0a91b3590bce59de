import { Duration } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import {
  Choice,
  Condition,
  type CustomState,
  Errors,
  Fail,
  type IChainable,
  type INextable,
  JitterType,
  Pass,
  Result,
  type RetryProps,
  type State,
  Succeed,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type StepName, stepOutcomes } from '../../lambdas/contract/transcode.ts';
import type { ServiceFunction } from './service-function.ts';

/** A service that encodes in place of the function. */
export interface ManagedEncoder {
  /**
   * States between admission and verification. They get the state as admission left it, and leave `{ outcome: 'encoded' }`
   * in `$.step`. Each task brings its own timeout and retries; the workflow catches what they throw.
   */
  states(scope: Construct): {
    readonly start: State;
    readonly ends: readonly INextable[];
    readonly tasks: readonly (TaskStateBase | CustomState)[];
  };
  /** Exactly what these tasks call. */
  allow(role: Role): void;
}

/** The function is ended before its task, so that a step that hangs leaves its own report. */
const slackSeconds = 15;

/** Where an execution keeps what its last step answered, and what a step failed with. */
const stepPath = '$.step';
const failurePath = '$.failure';

/** What a service throws while it is too busy, or in trouble of its own that passes. */
export const busy = (...errors: string[]): RetryProps => ({
  errors,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 8,
  jitterStrategy: JitterType.FULL,
});
const lambdaBusy = busy(
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
);
/** A step that threw: a call that failed, an encoder that was killed. All steps may run twice. */
const threw: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(2),
  backoffRate: 3,
  maxDelay: Duration.minutes(1),
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};
/** Other limits than that for what a step threw. */
const attemptsOf: Partial<Record<StepName, number>> = {
  // Each of its tries may take a quarter of an hour of four processors.
  encode: 2,
  // Up to 200 s of trouble with the table or a bucket: what is not settled waits a day for the sweep, and is encoded again.
  settle: 6,
};
/** What hung once may have met a broken connection; what hangs twice is a mistake. */
const hung: RetryProps = {
  ...{ errors: [Errors.TIMEOUT], interval: Duration.seconds(2), backoffRate: 2, maxAttempts: 1 },
  jitterStrategy: JitterType.FULL,
};

/**
 * The workflow. Its state is the job, with `step`: what the last step answered, and `failure`: what one failed with. Expected
 * outcomes are values that it branches on; whatever happens, the last step is `settle`, which says so on the file.
 */
export function transcodeStates(
  scope: Construct,
  steps: Readonly<Record<StepName, ServiceFunction>>,
  managed?: ManagedEncoder,
): IChainable {
  const task = (name: StepName): LambdaInvoke => invoke(scope, name, steps[name]);
  const settle = task('settle');
  const unexpected = new Pass(scope, 'Unexpected', {
    comment: 'A step answered what this workflow does not know: they are of different deployments',
    result: Result.fromObject({
      Error: 'UnexpectedOutcome',
      Cause: 'a step answered what the workflow does not know',
    }),
    resultPath: failurePath,
  });
  unexpected.next(settle);
  const guarded = <T extends TaskStateBase | CustomState>(state: T): T => {
    state.addCatch(settle, { errors: [Errors.ALL], resultPath: failurePath });
    return state;
  };
  const branch = (name: StepName, ways: Readonly<Record<string, IChainable>>): Choice => {
    const choice = new Choice(scope, `${titleOf(name)}: outcome`);
    for (const outcome of stepOutcomes[name]) {
      choice.when(Condition.stringEquals(`${stepPath}.outcome`, outcome), ways[outcome] ?? settle);
    }
    return choice.otherwise(unexpected);
  };

  const verify = guarded(task('verify'));
  verify.next(branch('verify', {}));
  const wait = new Wait(scope, 'Wait for an encoder', {
    time: WaitTime.secondsPath(`${stepPath}.seconds`),
  });
  const encode = guarded(task('encode'));
  encode.next(branch('encode', { encoded: verify, wait }));
  const encoder = new Choice(scope, 'Encoder')
    .when(Condition.stringEquals(`${stepPath}.encoder`, 'ffmpeg'), encode)
    .otherwise(unexpected);
  if (managed) {
    const { start, ends, tasks } = managed.states(scope);
    for (const each of tasks) guarded(each);
    for (const end of ends) end.next(verify);
    encoder.when(Condition.stringEquals(`${stepPath}.encoder`, 'mediaconvert'), start);
  }
  const admit = guarded(task('admit'));
  wait.next(admit);
  admit.next(branch('admit', { admitted: encoder, wait }));
  const probe = guarded(task('probe'));
  probe.next(branch('probe', { probed: admit }));

  const failed = new Fail(scope, 'Failed', { comment: 'The file tells why', error: 'TranscodeFailed' });
  settle.addCatch(failed, { errors: [Errors.ALL], resultPath: failurePath });
  settle.next(
    new Choice(scope, 'Settle: outcome')
      // What a job of MediaConvert fails with may be the source's fault: then the file tells why, and nobody is called.
      .when(
        Condition.and(
          Condition.isPresent(failurePath),
          Condition.not(Condition.isPresent(`${stepPath}.refused`)),
        ),
        failed,
      )
      .when(
        Condition.or(
          ...stepOutcomes.settle.map((outcome) => Condition.stringEquals(`${stepPath}.outcome`, outcome)),
        ),
        new Succeed(scope, 'Settled'),
      )
      .otherwise(failed),
  );
  return probe;
}

function invoke(scope: Construct, name: StepName, { lambda, timeout }: ServiceFunction): LambdaInvoke {
  const state = new LambdaInvoke(scope, titleOf(name), {
    lambdaFunction: lambda,
    payloadResponseOnly: true,
    resultPath: stepPath,
    taskTimeout: Timeout.duration(timeout.plus(Duration.seconds(slackSeconds))),
    // CDK's own has no jitter.
    retryOnServiceExceptions: false,
  });
  const maxAttempts = attemptsOf[name] ?? threw.maxAttempts;
  for (const retry of [lambdaBusy, hung, { ...threw, maxAttempts }]) state.addRetry(retry);
  return state;
}

const titleOf = (name: StepName): string => name.charAt(0).toUpperCase() + name.slice(1);
