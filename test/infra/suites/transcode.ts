import { describe, expect, it } from 'vitest';
import { encoders, stepOutcomes } from '../../../lambdas/contract/transcode.ts';
import { checked, configFor, stageNames } from '../../../lib/config/index.ts';
import { flat, type Json, roleOf, type Synthesized, statementsOf, synthesized } from '../stages.ts';

/** What one execution may have in its history, and what a round of waiting for an encoder adds: three states and a call. */
const maxEvents = 25_000;
const eventsPerWait = 10;
/** Lambda's own bound. */
const maxDiskMebibytes = 10_240;

const steps = Object.keys(stepOutcomes) as (keyof typeof stepOutcomes)[];
const titleOf = (step: string): string => step.charAt(0).toUpperCase() + step.slice(1);

function workflowOf(stage: Synthesized) {
  const [machine] = stage.ofType('AWS::StepFunctions::StateMachine');
  const definition = JSON.parse(flat(machine?.properties.DefinitionString));
  const states = Object.entries<Json>(definition.States);
  return { machine, definition, states, tasks: states.filter(([, { Type }]) => Type === 'Task') };
}

const functionAt = (stage: Synthesized, construct: string): Json =>
  stage.ofType('AWS::Lambda::Function').find(({ path }) => path.endsWith(`/${construct}/Function/Resource`))
    ?.properties;

describe.each(stageNames)('the transcode workflow of %s', (name) => {
  const stage = synthesized(name);
  const { machine, definition, states, tasks } = workflowOf(stage);
  const { video } = stage.config.limits;

  it('is one that lasts and starts nothing twice, and ends at last', () => {
    expect(machine?.properties.StateMachineType).toBe('STANDARD');
    expect(definition.TimeoutSeconds).toBe(video.workflowSeconds);
  });

  it('bounds every task, a little above its function', () => {
    expect(tasks.map(([title]) => title)).toEqual(expect.arrayContaining(steps.map(titleOf)));
    for (const step of steps) {
      const { Timeout } = functionAt(stage, `Steps/${titleOf(step)}`);
      const { TimeoutSeconds } = definition.States[titleOf(step)];
      expect(TimeoutSeconds, step).toBeGreaterThan(Timeout);
      expect(TimeoutSeconds, step).toBeLessThanOrEqual(Timeout + 30);
    }
    for (const [title, { TimeoutSeconds }] of tasks) expect(TimeoutSeconds, title).toBeGreaterThan(0);
  });

  it('tries every task again, with a limit and jitter', () => {
    for (const [title, { Retry }] of tasks) {
      expect(Retry.length, title).toBeGreaterThan(0);
      for (const { MaxAttempts, BackoffRate, JitterStrategy } of Retry) {
        expect(MaxAttempts, title).toBeGreaterThan(0);
        expect(MaxAttempts, title).toBeLessThanOrEqual(8);
        expect(BackoffRate, title).toBeGreaterThan(1);
        expect(JitterStrategy, title).toBe('FULL');
      }
    }
  });

  it('has most patience with what settles, since nothing comes after it', () => {
    const attempts = (title: string) =>
      definition.States[title].Retry.find(({ ErrorEquals }: Json) =>
        ErrorEquals.includes('States.TaskFailed'),
      ).MaxAttempts;

    for (const step of steps.filter((each) => each !== 'settle')) {
      expect(attempts('Settle'), step).toBeGreaterThan(attempts(titleOf(step)));
    }
  });

  it('settles whatever a step throws, and shows what could not be settled', () => {
    for (const [title, { Catch }] of tasks) {
      expect(Catch, title).toEqual([
        {
          ErrorEquals: ['States.ALL'],
          ResultPath: '$.failure',
          Next: title === 'Settle' ? 'Failed' : 'Settle',
        },
      ]);
    }
    expect(definition.States.Failed.Type).toBe('Fail');
  });

  it.each(steps)('branches on every outcome of %s, and fails at any other', (step) => {
    const { Next } = definition.States[titleOf(step)];
    const { Type, Choices, Default } = definition.States[Next];
    const compared = Choices.flatMap((choice: Json) => choice.Or ?? [choice])
      .filter(({ Variable }: Json) => Variable === '$.step.outcome')
      .map(({ StringEquals }: Json) => StringEquals);

    expect(Type).toBe('Choice');
    expect(compared.sort()).toEqual([...stepOutcomes[step]].sort());
    expect(definition.States[Default].Type).toBe(step === 'settle' ? 'Fail' : 'Pass');
  });

  it('lets no choice go without a default', () => {
    for (const [title, { Type, Default }] of states) {
      if (Type === 'Choice') expect(Default, title).toBeDefined();
    }
  });

  it('comes to every state that it has, and from every state to an end', () => {
    const next = new Map(states.map(([title, state]) => [title, waysOf(state)]));
    const reached = reachable(next, definition.StartAt);

    expect([...reached].sort()).toEqual([...next.keys()].sort());
    for (const title of next.keys()) {
      const ends = [...reachable(next, title)].map((each) => definition.States[each].Type);
      expect(
        ends.some((type) => type === 'Succeed' || type === 'Fail'),
        title,
      ).toBe(true);
    }
  });

  it('knows the encoder of its stage, and ffmpeg for recordings', () => {
    const known = definition.States.Encoder.Choices.map(({ StringEquals }: Json) => StringEquals);

    expect(known).toContain('ffmpeg');
    expect(known).toContain(stage.config.video.encoder);
    expect(encoders).toEqual(expect.arrayContaining(known));
    expect(functionAt(stage, 'Steps/Admit').Environment.Variables.VIDEO_ENCODER).toBe(
      stage.config.video.encoder,
    );
  });

  it('waits for an encoder no more often than the history of an execution holds', () => {
    const rounds = video.workflowSeconds / video.admitWaitSeconds;

    expect(rounds * eventsPerWait).toBeLessThan(maxEvents);
  });

  it('logs errors without what goes through it, and traces where the stage does', () => {
    const { LoggingConfiguration, TracingConfiguration } = machine?.properties ?? {};

    expect(LoggingConfiguration.Level).toBe('ERROR');
    expect(LoggingConfiguration.IncludeExecutionData ?? false).toBe(false);
    expect(TracingConfiguration?.Enabled ?? false).toBe(stage.config.tracing);
  });

  it('may run its steps, deliver its logs and nothing else of Lambda', () => {
    const statements = statementsOf(stage, roleOf(stage, 'Transcode'));
    const [invoke, ...others] = statements.filter(({ actions }) =>
      actions.some((action) => action.startsWith('lambda:')),
    );

    expect(others).toEqual([]);
    expect(invoke?.actions).toEqual(['lambda:InvokeFunction']);
    expect(invoke?.resources).toHaveLength(steps.length);
    for (const resource of invoke?.resources ?? []) {
      expect(resource).toMatch(/^<Steps(Probe|Admit|Encode|Verify|Settle)Function\w+\.Arn>$/);
    }
    const wide = statements.filter(({ resources }) => resources.includes('*')).map(({ sid }) => sid);
    expect(wide).toEqual(['DeliverLogs', ...(stage.config.tracing ? ['Trace'] : [])]);
  });

  it('is started, and looked at, by the worker of the lanes alone', () => {
    const callers = stage
      .ofType('AWS::IAM::Role')
      .flatMap((role) => statementsOf(stage, role).map(({ actions }) => ({ path: role.path, actions })))
      .filter(({ actions }) => actions.some((action) => action.startsWith('states:')));

    expect(callers.map(({ path, actions }) => [path.split('/').at(-3), ...actions])).toEqual([
      ['Videos', 'states:StartExecution'],
      ['Videos', 'states:DescribeExecution'],
    ]);
  });

  it('gives the encoder four processors, its disk and the time that its limits name', () => {
    const { MemorySize, EphemeralStorage, Timeout } = functionAt(stage, 'Steps/Encode');

    expect(MemorySize).toBeGreaterThanOrEqual(4 * 1_769);
    expect(EphemeralStorage.Size * 1024 ** 2).toBeGreaterThan(video.encodeDiskBytes);
    expect(EphemeralStorage.Size).toBeLessThanOrEqual(maxDiskMebibytes);
    expect(Timeout).toBeGreaterThan(video.encodeSeconds);
  });

  it('makes pictures where sharp is', () => {
    expect(functionAt(stage, 'Steps/Settle').Layers).toHaveLength(1);
  });
});

it('the local stage refuses an encoder that is a service of AWS', () => {
  const config = { ...configFor('local'), video: { encoder: 'mediaconvert' as const } };

  expect(() => checked(config)).toThrow(/video\.encoder "mediaconvert" is a service of AWS/);
});

/** Where a state may go. */
const waysOf = ({ Next, Default, Choices = [], Catch = [] }: Json): string[] =>
  [Next, Default, ...[...Choices, ...Catch].map((each: Json) => each.Next)].filter(Boolean);

function reachable(next: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const reached = new Set<string>();
  const open = [from];
  for (let title = open.pop(); title !== undefined; title = open.pop()) {
    if (reached.has(title)) continue;
    reached.add(title);
    open.push(...(next.get(title) ?? []));
  }
  return reached;
}
