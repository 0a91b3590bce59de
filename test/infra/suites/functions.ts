import { describe, expect, it } from 'vitest';
import { envNames } from '../../../lambdas/contract/env.ts';
import { stageNames } from '../../../lib/config/index.ts';
import { flat, isCdksOwn, type Json, synthesized } from '../stages.ts';

/** Lambda refuses more environment than this, names and values together. */
const maxEnvironmentBytes = 4_096;
/** Bytes of it that stay free for limits that a stage changes. */
const reservedForLimits = 800;
/**
 * The longest text that a reference becomes: `https://sqs.ap-southeast-2.amazonaws.com/`, an account's 12 digits, `/`, and
 * the 80 characters of a queue's name. Names of tables, buckets and roles with their ARNs are shorter.
 */
const longestReference = 41 + 12 + 1 + 80;
/** A name alone, of which an environment may hold many. */
const longestName = 80;

/** A value as it will be at most, once CloudFormation has resolved what it refers to. */
function resolvedBytes(value: Json): number {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(String(value));
  const [separator, parts] = value['Fn::Join'] ?? ['', undefined];
  if (parts === undefined) return isQueueName(value) ? longestName : longestReference;
  return parts.reduce(
    (sum: number, part: Json) => sum + resolvedBytes(part),
    separator.length * parts.length,
  );
}

const isQueueName = (value: Json): boolean => /QueueName/.test(JSON.stringify(value));

describe.each(stageNames)('functions of %s', (name) => {
  const stage = synthesized(name);
  const functions = stage.ofType('AWS::Lambda::Function').filter((fn) => !isCdksOwn(fn));

  it('each have a role of their own', () => {
    const roles = functions.map(({ stack, properties }) => `${stack}/${flat(properties.Role)}`);

    expect(new Set(roles).size).toBe(functions.length);
  });

  it('each write to a log group of their own that forgets', () => {
    const groups = functions.map((fn) => {
      const group = stage.resources.find(
        ({ id, stack }) => id === fn.properties.LoggingConfig.LogGroup.Ref && stack === fn.stack,
      );
      expect(group?.properties.RetentionInDays, fn.path).toBe(stage.config.logRetentionDays);
      return group?.path;
    });

    expect(new Set(groups).size).toBe(functions.length);
  });

  it('run Node.js 24 on the architecture of the stage', () => {
    const expected = name === 'local' && process.arch !== 'arm64' ? 'x86_64' : 'arm64';
    for (const { properties, path } of functions) {
      expect(properties.Runtime, path).toBe('nodejs24.x');
      expect(properties.Architectures, path).toEqual([expected]);
    }
  });

  it('may go on from themselves without end only where jobs ask for their next slice, or tenants take turns', () => {
    const recursive = functions.filter(({ properties }) => properties.RecursiveLoop === 'Allow');

    const names = recursive.map(({ path }) => path.split('/').at(-3));
    expect(names.sort()).toEqual(['Bulk', 'Documents', 'Images', 'Inspect', 'Other', 'Videos']);
  });

  it('know their stage, and their environment fits', () => {
    for (const { properties, path } of functions) {
      const variables = properties.Environment.Variables;
      expect(variables[envNames.stage], path).toBe(name);
      const bytes = Object.entries(variables).map(([key, value]) => key.length + resolvedBytes(value));
      expect(
        bytes.reduce((sum, each) => sum + each),
        path,
      ).toBeLessThan(maxEnvironmentBytes - reservedForLimits);
    }
  });

  it('get the scanner of the stage where one is asked, where its bound counts, and where health tells of it', () => {
    const knowing = functions.filter(
      ({ properties }) => envNames.scanner in properties.Environment.Variables,
    );

    expect(knowing.map(({ path }) => path.split('/').at(-3)).sort()).toEqual(
      ['Files', 'Inspect', 'System', 'Uploads'].sort(),
    );
    for (const { properties } of knowing) {
      expect(properties.Environment.Variables[envNames.scanner]).toBe(stage.config.scanner);
    }
  });

  it("know the edge's secret only where an address or a country is looked at: behind the API, but for the system's own routes", () => {
    const knowing = functions.filter(
      ({ properties }) => envNames.edgeSecret in properties.Environment.Variables,
    );

    expect(knowing.every(({ stack }) => stack.endsWith('-api'))).toBe(true);
    expect(knowing.some(({ path }) => path.includes('System'))).toBe(false);
  });

  it('answer before API Gateway gives up', () => {
    for (const { properties } of functions.filter(({ stack }) => stack.endsWith('-api'))) {
      expect(properties.Timeout).toBeLessThan(30);
    }
  });

  it('trace only where the configuration says so', () => {
    for (const { properties } of functions) {
      expect(properties.TracingConfig?.Mode ?? 'PassThrough').toBe(
        stage.config.tracing ? 'Active' : 'PassThrough',
      );
    }
  });

  it('include the password login only where it is switched on', () => {
    const present = functions.some(({ path }) => path.includes('/Functions/Auth/'));

    expect(present).toBe(stage.config.passwordLogin);
  });
});

describe('the sweep', () => {
  it.each(['staging', 'prod'] as const)('never runs twice at a time in %s', (name) => {
    const sweep = synthesized(name)
      .ofType('AWS::Lambda::Function')
      .find(({ path }) => path.includes('/Sweep/'));

    expect(sweep?.properties.ReservedConcurrentExecutions).toBe(1);
  });

  it('runs every ten minutes', () => {
    const rule = synthesized('prod')
      .ofType('AWS::Events::Rule')
      .find(({ path }) => path.includes('/SweepSchedule/'));

    expect(rule?.properties.ScheduleExpression).toBe('rate(10 minutes)');
  });
});

it('the counters of every tenant are proved once a day, without a second try', () => {
  const rule = synthesized('prod')
    .ofType('AWS::Events::Rule')
    .find(({ path }) => path.includes('/Reconciliation/Daily/'));

  expect(rule?.properties.ScheduleExpression).toMatch(/^cron\(\d+ \d+ \* \* \? \*\)$/);
  expect(rule?.properties.Targets[0].RetryPolicy.MaximumRetryAttempts).toBe(0);
});

describe('the publisher', () => {
  const [mapping] = synthesized('prod')
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ path }) => path.includes('/FromTable/'));

  it('takes new event items alone from the stream', () => {
    const filters = mapping?.properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
      JSON.parse(Pattern),
    );

    expect(filters).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } } },
    ]);
  });

  it('does not let one bad record block the others', () => {
    expect(mapping?.properties.BisectBatchOnFunctionError).toBe(true);
    // It leaves to the sweep what it could not publish, and never reports a record as failed.
    expect(mapping?.properties.FunctionResponseTypes).toBeUndefined();
    expect(mapping?.properties.MaximumRetryAttempts).toBeLessThanOrEqual(10);
    expect(mapping?.properties.DestinationConfig.OnFailure.Destination).toBeDefined();
  });
});
