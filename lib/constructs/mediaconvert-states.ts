import { Duration } from 'aws-cdk-lib';
import {
  Errors,
  IntegrationPattern,
  JitterType,
  JsonPath,
  Pass,
  Result,
  type RetryProps,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { MediaConvertCreateJob } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { busy } from './transcode-states.ts';

export interface MediaConvertStatesProps {
  /** ARN of the role that MediaConvert acts in. */
  readonly role: string;
  /** ARN of the queue. */
  readonly queue: string;
  /** The end of one job, its waiting in the queue included. */
  readonly timeout: Duration;
}

/** Too many jobs at once: MediaConvert takes two a second of an account. */
const mediaConvertBusy = busy(
  'MediaConvert.TooManyRequestsException',
  'MediaConvert.InternalServerErrorException',
);
/**
 * A job that ended in an error, which is not charged, may have met trouble inside. Not before a minute has passed: until then
 * MediaConvert answers a request of the same name with the job that has failed. Jitter may bring it down to nothing, so that
 * there are two: a second that still meets the failed one costs nothing.
 */
const failed: RetryProps = {
  errors: [Errors.TASKS_FAILED],
  interval: Duration.seconds(120),
  backoffRate: 2,
  maxAttempts: 2,
  jitterStrategy: JitterType.FULL,
};

/**
 * From the admission, which has left the settings of the job in `$.step`, to the verification. The same attempt creates one
 * job: its token is the name of the execution, which Step Functions may call twice with.
 */
export function encodeByMediaConvert(scope: Construct, { role, queue, timeout }: MediaConvertStatesProps) {
  const job = MediaConvertCreateJob.jsonPath(scope, 'MediaConvert', {
    integrationPattern: IntegrationPattern.RUN_JOB,
    createJobRequest: {
      Role: role,
      Queue: queue,
      Settings: JsonPath.objectAt('$.step.settings'),
      ClientRequestToken: JsonPath.stringAt('$$.Execution.Name'),
      StatusUpdateInterval: 'SECONDS_10',
      // Of texts alone.
      UserMetadata: {
        tenantId: JsonPath.stringAt('$.tenantId'),
        fileId: JsonPath.stringAt('$.fileId'),
        version: JsonPath.format('{}', JsonPath.stringAt('$.version')),
        attempt: JsonPath.format('{}', JsonPath.stringAt('$.attempt')),
      },
    },
    taskTimeout: Timeout.duration(timeout),
    resultPath: JsonPath.DISCARD,
  });
  for (const retry of [mediaConvertBusy, failed]) job.addRetry(retry);
  const encoded = new Pass(scope, 'Encoded by MediaConvert', {
    result: Result.fromObject({ outcome: 'encoded' }),
    resultPath: '$.step',
  });
  job.next(encoded);
  return { start: job, ends: [encoded], tasks: [job] };
}
