import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../lambdas/core/time.ts';
import { startOfTime } from '../support/domain.ts';
import { photo } from '../support/images.ts';
import { type Answer, fileIdOf, InProcessApi, type Person } from '../support/in-process.ts';
import { callOf, people, routes, type Step } from '../support/isolation-calls.ts';

/**
 * Isolation as non-interference: whatever one side does, the other side's answers are, to the byte, what they are
 * when it does something else. Nothing can be told then, by no field, code, cursor, URL or status; and an id of the
 * other side, which is right in one of the two worlds and wrong in the other, answers alike in both.
 */
const [alice, bob, , carl, gina] = [0, 1, 2, 3, 4];

/** Of every file. */
const bytes = await photo({ width: 16, height: 16 });

/** All who call these share one rate. */
const withoutSignIn: readonly Step['name'][] = ['publicFileUrl', 'linkedImage', 'streamPlaylist'];

/** The answers to `watched`, of a world in which the steps happen one after the other, a minute apart. */
async function transcript(
  steps: readonly (Step | undefined)[],
  watched: (step: Step) => boolean,
): Promise<readonly (Answer & { name: string })[]> {
  const api = new InProcessApi();
  api.enroll(people);
  const answers: (Answer & { name: string })[] = [];
  for (const [index, step] of steps.entries()) {
    if (!step) continue;
    const at = addSeconds(startOfTime, index * 60);
    const person = people[step.who] as Person;
    if (step.name === 'land') {
      const { tenantId } = person;
      await api.land(step.who, at, { tenantId, fileId: fileIdOf(step.who, step.nth) }, bytes);
      continue;
    }
    const asking = withoutSignIn.includes(step.name) ? null : person;
    const answer = await api.call(asking, step.who, at, step.name, await callOf(step, bytes.length));
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
    if (watched(step)) answers.push({ name: step.name, ...answer });
  }
  return answers;
}

const step = (who: fc.Arbitrary<number>, of: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({
    who,
    name: fc.constantFrom(...routes),
    of,
    nth: fc.integer({ min: 1, max: 3 }),
    pick: fc.nat({ max: 40 }),
  });

const anybody = fc.nat({ max: people.length - 1 });

const files = ['initiate', 'land'] as const;

/** Two files of one person, stored. */
const stored = (who: number): readonly Step[] =>
  [1, 2].flatMap((nth) => files.map((name): Step => ({ who, name, of: who, nth, pick: nth })));

/** Both worlds have the watched steps at the same places; what happens in between is another thing in each. */
const worlds = (watching: readonly number[], others: readonly number[], hidden: (step: Step) => boolean) => {
  const theirs = step(fc.constantFrom(...others), anybody).filter(hidden);
  const begun = [
    ...watching.flatMap(stored).map((same) => [same, same] as const),
    ...others.flatMap(stored).map((only) => [only, undefined] as const),
  ];
  return fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: step(fc.constantFrom(...watching), anybody).map((same) => [same, same] as const),
        },
        { weight: 1, arbitrary: fc.tuple(theirs, theirs) },
        { weight: 1, arbitrary: theirs.map((only) => [only, undefined] as const) },
      ),
      { minLength: 3, maxLength: 12 },
    )
    .map((pairs) => [...begun, ...pairs])
    .map((pairs) => [pairs.map(([one]) => one), pairs.map(([, other]) => other)] as const);
};

/** The gate's share; SLUICE_ISOLATION_RUNS=10000 is the whole proof and takes minutes. */
const numRuns = Number(process.env.SLUICE_ISOLATION_RUNS ?? 500);

/** A public file is for everybody, of whichever tenant. */
const publishes = ({ name, pick }: Step): boolean =>
  name === 'setVisibility' || (name === 'initiate' && pick % 7 === 0);

describe('what one tenant does', () => {
  const secret = (step: Step): boolean => !withoutSignIn.includes(step.name) && !publishes(step);

  it('shows in no answer to the other', { timeout: 600_000 }, async () => {
    const ofAcme = ({ who }: Step): boolean => people[who]?.tenantId === 'acme';
    await fc.assert(
      fc.asyncProperty(worlds([0, 1, 2], [carl as number, gina as number], secret), async ([one, other]) => {
        expect(await transcript(one, ofAcme)).toEqual(await transcript(other, ofAcme));
      }),
      { numRuns },
    );
  });
});

describe('what a colleague keeps private', () => {
  /** Sharing and publishing tell others on purpose; the tenant's totals are everybody's by contract. */
  const secret = (step: Step): boolean =>
    ![...withoutSignIn, 'putShare', 'concurrencyStats'].includes(step.name) && !publishes(step);

  it('shows in no answer to a user who has no access', { timeout: 600_000 }, async () => {
    const ofBob = ({ who, name }: Step): boolean => who === bob && name !== 'quota';
    await fc.assert(
      fc.asyncProperty(worlds([bob as number], [alice as number], secret), async ([one, other]) => {
        expect(await transcript(one, ofBob)).toEqual(await transcript(other, ofBob));
      }),
      { numRuns: numRuns / 4 },
    );
  });
});
