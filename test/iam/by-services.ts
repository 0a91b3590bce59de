import type { Grant } from './grants.ts';

/** What Lambda does with a function's role to feed it from a queue or a stream. */
const feeding: Readonly<Record<string, string>> = {
  'sqs:ReceiveMessage': 'Lambda reads the queue',
  'sqs:DeleteMessage': 'Lambda deletes what was worked on',
  'sqs:GetQueueAttributes': 'Lambda measures the queue that it reads',
  'dynamodb:DescribeStream': 'Lambda reads the stream',
  'dynamodb:GetRecords': 'Lambda reads the stream',
  'dynamodb:GetShardIterator': 'Lambda reads the stream',
  'dynamodb:ListStreams': 'Lambda reads the stream',
};

/** What Lambda reads for a role, and where it puts what the function failed at. */
export interface Wiring {
  readonly sources: readonly string[];
  readonly failures: readonly string[];
}

/**
 * Why an AWS service uses a grant by itself, with the rights of the role. That is no call of the function's code, so that
 * the engine, which does it inside, records none.
 */
export function byService({ action, resources, condition }: Grant, wiring: Wiring): string | undefined {
  if (action === 'logs:CreateLogStream' || action === 'logs:PutLogEvents')
    return "Lambda writes the function's log";
  if (action === 'lambda:InvokeFunction') return 'Step Functions runs the steps of the workflow';
  if (/^logs:(\w+LogDeliver(y|ies)|\w+ResourcePolic(y|ies)|DescribeLogGroups)$/.test(action))
    return 'Step Functions has the errors of executions delivered to its log';
  if (action === 'sqs:SendMessage' && within(resources, wiring.failures))
    return 'Lambda keeps what the function failed at';
  if (
    /^kms:(Decrypt|GenerateDataKey)$/.test(action) &&
    JSON.stringify(condition).includes('"kms:ViaService"')
  )
    return "S3 uses the key of an object, which the local engine's S3 does not";
  return within(resources, wiring.sources) ? feeding[action] : undefined;
}

const within = (resources: readonly string[], known: readonly string[]): boolean =>
  resources.every((arn) => known.includes(arn));
