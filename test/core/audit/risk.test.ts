import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../lambdas/core/audit/operations.ts';
import { assessRisk, hourIn, type RiskFacts } from '../../../lambdas/core/audit/risk.ts';

const noon = 12;
const calm: RiskFacts = {
  operation: 'other',
  localHour: noon,
  isNewCountry: false,
  operationsLastHour: 1,
  isMalware: false,
};
const score = (facts: Partial<RiskFacts>): number => assessRisk({ ...calm, ...facts }).hundredths;

describe('the risk of an operation', () => {
  it.each([
    ['upload', 10],
    ['download', 5],
    ['delete', 30],
    ['share', 20],
    ['sensitive_access', 40],
    ['other', 10],
  ] as const)('%s alone is %i hundredths', (operation, hundredths) => {
    expect(score({ operation })).toBe(hundredths);
  });

  it.each([
    ['an hour of the night', { localHour: 23 }, 10],
    ['the last minutes before six', { localHour: 5 }, 10],
    ['six in the morning', { localHour: 6 }, 0],
    ['the hour before ten in the evening', { localHour: 21 }, 0],
    ['ten in the evening', { localHour: 22 }, 10],
    ['a new country', { isNewCountry: true }, 20],
    ['the hundredth operation of the hour', { operationsLastHour: 100 }, 0],
    ['the one after it', { operationsLastHour: 101 }, 20],
    ['a restricted file', { sensitivity: 'restricted' }, 30],
    ['a confidential file', { sensitivity: 'confidential' }, 10],
    ['an internal file', { sensitivity: 'internal' }, 0],
    ['a public file', { sensitivity: 'public' }, 0],
    ['malware, whatever else there is,', { isMalware: true }, 90],
  ] as const)('%s adds what the table says', (_name, facts, added) => {
    expect(score(facts) - score({})).toBe(added);
  });

  it('has no unusual hour where nobody acted', () => {
    const { localHour: _, ...system } = calm;
    expect(assessRisk(system)).toEqual({ hundredths: 10, factors: [] });
  });

  it('is at most 1 and names what raised it', () => {
    const worst = assessRisk({
      operation: 'sensitive_access',
      localHour: 3,
      isNewCountry: true,
      operationsLastHour: 500,
      sensitivity: 'restricted',
      isMalware: false,
    });

    expect(worst.hundredths).toBe(100);
    expect(worst.factors).toEqual(['unusual_hour', 'new_country', 'many_operations', 'high_sensitivity']);
  });

  it('is a whole number of hundredths from 0 to 100, whatever happens', () => {
    const facts = fc.record({
      operation: fc.constantFrom(...operations),
      localHour: fc.integer({ min: 0, max: 23 }),
      isNewCountry: fc.boolean(),
      operationsLastHour: fc.nat(),
      sensitivity: fc.constantFrom('public', 'internal', 'confidential', 'restricted'),
    });
    fc.assert(
      fc.property(facts, (each) => {
        const { hundredths } = assessRisk(each as RiskFacts);
        expect(Number.isInteger(hundredths) && hundredths >= 0 && hundredths <= 100).toBe(true);
      }),
    );
  });
});

describe('the hour of a tenant', () => {
  it('follows its time zone, summer time included', () => {
    expect(hourIn('UTC', '2026-07-01T23:30:00.000Z')).toBe(23);
    expect(hourIn('Europe/Berlin', '2026-07-01T22:30:00.000Z')).toBe(0);
    expect(hourIn('Europe/Berlin', '2026-01-01T22:30:00.000Z')).toBe(23);
    expect(hourIn('Asia/Kolkata', '2026-07-01T00:00:00.000Z')).toBe(5);
  });

  it('is that of UTC for a zone that nobody knows', () => {
    expect(hourIn('Mars/Olympus', '2026-07-01T13:00:00.000Z')).toBe(13);
  });
});
