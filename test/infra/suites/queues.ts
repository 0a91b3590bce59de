import { describe, expect, it } from 'vitest';
import { eventQueues, visibilityPerTimeout } from '../../../lambdas/contract/queues.ts';
import { stageNames } from '../../../lib/config/index.ts';
import {
  flat,
  type Json,
  queuesOf,
  type Resource,
  type Synthesized,
  statements,
  synthesize,
  synthesized,
} from '../stages.ts';

const isDeadLetterQueue = ({ path }: Resource): boolean => /\/(DeadLetters|Failures)\/Resource$/.test(path);

/** What consumes a queue: the mapping and its function. */
function consumer(stage: Synthesized, queue: Resource): { mapping: Resource; fn: Resource } {
  const mapping = stage
    .ofType('AWS::Lambda::EventSourceMapping')
    .find(({ properties }) => flat(properties.EventSourceArn).includes(queue.id));
  if (!mapping) throw new Error(`${queue.path} has no consumer`);
  const fn = stage.resources.find(
    ({ id, stack }) => id === mapping.properties.FunctionName.Ref && stack === mapping.stack,
  );
  if (!fn) throw new Error(`${mapping.path} has no function`);
  return { mapping, fn };
}

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

describe.each(stageNames)('queues of %s', (name) => {
  const stage = synthesized(name);
  const all = stage.ofType('AWS::SQS::Queue');
  const working = all.filter((queue) => !isDeadLetterQueue(queue));

  it('are those of the contract', () => {
    expect(working.map(({ path }) => path.split('/').at(-3)).sort()).toEqual(
      queuesOf(stage.config)
        .map((queue) => `${title(queue)}Queue`)
        .sort(),
    );
  });

  it('each have a dead-letter queue of their own', () => {
    const targets = working.map(({ properties }) => flat(properties.RedrivePolicy.deadLetterTargetArn));

    expect(new Set(targets).size).toBe(working.length);
  });

  it('give a message up exactly when its consumer does', () => {
    for (const { properties, path } of working) {
      expect(properties.RedrivePolicy.maxReceiveCount, path).toBe(stage.config.limits.pipeline.maxReceives);
    }
  });

  it('hide a message for at least six times as long as its function may run', () => {
    for (const queue of working) {
      const { fn } = consumer(stage, queue);
      expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(
        visibilityPerTimeout * fn.properties.Timeout,
      );
    }
  });

  it('report failed messages one by one, with bounded concurrency', () => {
    for (const queue of working) {
      const { properties } = consumer(stage, queue).mapping;
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it('are encrypted and refuse plain HTTP', () => {
    const policies = stage.ofType('AWS::SQS::QueuePolicy');
    for (const queue of all) {
      expect(queue.properties.SqsManagedSseEnabled).toBe(true);
      const policy = policies.find(({ properties }) =>
        properties.Queues.some((each: object) => flat(each) === `<${queue.id}>`),
      );
      const denied = statements(policy?.properties.PolicyDocument ?? {}).filter(
        ({ effect }) => effect === 'Deny',
      );
      expect(denied.map(({ condition }) => condition)).toContainEqual({
        Bool: { 'aws:SecureTransport': 'false' },
      });
    }
  });

  it('let only S3 of this account, for buckets of this stack, send to intake', () => {
    const sends = stage
      .ofType('AWS::SQS::QueuePolicy')
      .flatMap(({ properties }) => statements(properties.PolicyDocument))
      .filter(({ effect }) => effect === 'Allow');

    const [fromS3, ...fromBus] = sends.filter(({ resources }) =>
      resources.some((resource) => resource.includes('IntakeQueue')),
    );
    expect(fromBus).toEqual([]);
    expect(fromS3?.actions).toEqual(['sqs:SendMessage']);
    expect(fromS3?.condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    expect(flat(fromS3?.condition.ArnLike['aws:SourceArn'])).toMatch(/:s3:::sluice-\w+-storage-\*$/);
  });

  it.each(Object.keys(eventQueues))(
    'let only its own rule on the bus send to %s and its dead letters',
    (queue) => {
      const [rule] = stage
        .ofType('AWS::Events::Rule')
        .filter(({ properties }) =>
          properties.Targets.some(({ Arn }: Json) => flat(Arn).includes(`${title(queue)}Queue`)),
        );
      const [, ...others] = stage
        .ofType('AWS::Events::Rule')
        .filter(({ properties }) =>
          properties.Targets.some(({ Arn }: Json) => flat(Arn) === flat(rule?.properties.Targets[0].Arn)),
        );
      const sends = stage
        .ofType('AWS::SQS::QueuePolicy')
        .filter(({ path }) => path.includes(`/${title(queue)}Queue/`))
        .flatMap(({ properties }) => statements(properties.PolicyDocument))
        .filter(({ effect }) => effect === 'Allow');

      expect(others).toEqual([]);
      expect(rule?.properties.EventPattern.source).toEqual(['sluice']);
      expect(flat(rule?.properties.Targets[0].DeadLetterConfig.Arn)).toMatch(/DeadLetters/);
      expect(sends).toHaveLength(2);
      for (const { condition, principal } of sends) {
        expect(principal).toEqual({ Service: 'events.amazonaws.com' });
        expect(flat(condition.ArnEquals['aws:SourceArn'])).toBe(`<${rule?.id}.Arn>`);
      }
    },
  );

  it('that count events wait for a batch to fill', () => {
    for (const queue of Object.keys(eventQueues)) {
      const found = working.find(({ path }) => path.includes(`/${title(queue)}Queue/`)) as Resource;
      expect(consumer(stage, found).mapping.properties.MaximumBatchingWindowInSeconds).toBe(
        stage.config.eventBatchSeconds,
      );
    }
  });
});

it('how often a message is received follows from the limits of the stage', () => {
  const { config } = synthesized('dev');
  const { limits } = config;
  const stage = synthesize({
    ...config,
    limits: { ...limits, pipeline: { ...limits.pipeline, maxReceives: 3 } },
  });
  const counts = stage.ofType('AWS::SQS::Queue').flatMap(({ properties }) => properties.RedrivePolicy ?? []);

  expect(new Set(counts.map(({ maxReceiveCount }) => maxReceiveCount))).toEqual(new Set([3]));
});
