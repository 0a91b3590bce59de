import { describe, expect, it } from 'vitest';
import { stageNames } from '../../lib/config/index.ts';
import { list, type Synthesized, statementsOf, synthesized } from '../infra/stages.ts';
import { functionRoles, type LeastPrivilege, rate, stageOf } from './least-privilege.ts';
import { withoutCalls } from './reasons.ts';
import { type CallRecord, readRecord } from './record.ts';
import { compareStages } from './stage-differences.ts';

describe('the calls of each function during the stack tests', () => {
  let known: { record: CallRecord; stage: Synthesized; rated: LeastPrivilege } | undefined;
  /** Throws unless all stack tests ran and passed. */
  const looked = async () => {
    if (!known) {
      const record = readRecord();
      const stage = stageOf(record);
      known = { record, stage, rated: await rate(record, stage) };
    }
    return known;
  };

  it('are of every function, under the policies that the stacks synthesize', async () => {
    const { record, stage } = await looked();

    const roles = functionRoles(record, stage);
    expect(roles.length).toBe(stage.ofType('AWS::IAM::Role').length);
    for (const { role, name, id, stack } of roles) {
      const deployed = role.policies.flatMap(({ policy }) => list(policy.Statement)).map(shape);
      const made = stage.resources.find((each) => each.id === id && each.stack === stack);
      expect(deployed.sort(), name).toEqual(
        made &&
          statementsOf(stage, made)
            .map(({ effect, sid, actions, resources, condition }) =>
              shape({ Effect: effect, Sid: sid, Action: actions, Resource: resources, Condition: condition }),
            )
            .sort(),
      );
      const called = record.calls.some((call) => call.role === role.name);
      expect(called, `calls of ${name} were recorded`).toBe(!(name in withoutCalls));
    }
  });

  it('are all allowed by these policies, and by those of the resources', async () => {
    const { rated } = await looked();

    expect(rated.denied).toEqual([]);
    expect(rated.calls).toBeGreaterThan(0);
  });

  it('use every granted action, but for those with a written reason', async () => {
    const { rated } = await looked();

    const unexplained = rated.grants.filter(({ use, reason }) => use === 'unused' && !reason);
    expect(unexplained.map(({ function: name, action, on }) => `${name}: ${action} on ${on}`)).toEqual([]);
  });

  it('need every written reason', async () => {
    const { rated } = await looked();

    expect(rated.staleReasons).toEqual([]);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a statement is JSON of any shape
const shape = ({ Effect, Sid, Action, Resource, Condition }: any): string =>
  JSON.stringify([Effect, Sid ?? null, list(Action), list(Resource).length, asked(Condition ?? {})]);

/** Values that the template composes of other resources have become text by the time they are deployed. */
const asked = (condition: Readonly<Record<string, object>>): readonly string[] =>
  Object.entries(condition)
    .flatMap(([operator, keys]) => Object.keys(keys).map((key) => `${operator} ${key}`))
    .sort();

describe.each(stageNames.filter((name) => name !== 'local'))('the rights of the functions of %s', (name) => {
  it('are those of the local stage, but for what is written down', () => {
    const { unexplained, stale } = compareStages(synthesized('local'), synthesized(name));

    expect(unexplained).toEqual([]);
    expect(stale).toEqual([]);
  });
});
