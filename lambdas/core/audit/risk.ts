import type { Sensitivity } from '../files/file.ts';
import type { Operation } from './operations.ts';

/** The score, in hundredths, so that sums are exact: 0.1 + 0.2 is not 0.3 to a computer. */
const ofOperation: Record<Operation, number> = {
  upload: 10,
  download: 5,
  delete: 30,
  share: 20,
  sensitive_access: 40,
  other: 10,
};

const ofFactor = {
  unusual_hour: 10,
  new_country: 20,
  many_operations: 20,
  high_sensitivity: 30,
  medium_sensitivity: 10,
  // Whoever brought it, and however: somebody has to look into it.
  malware_found: 100,
} as const;

export type RiskFactor = keyof typeof ofFactor;

/** Hours of the tenant's own day, from the first up to but not including the second, that are nothing unusual. */
const usualHours = { from: 6, to: 22 };
const manyOperations = 100;
const maxHundredths = 100;

export interface RiskFacts {
  readonly operation: Operation;
  /** Hour of the tenant's day, 0 to 23; absent where nobody acted but the system. */
  readonly localHour?: number;
  /** The user has come from other countries before, never from this one. */
  readonly isNewCountry: boolean;
  /** Of this user within the last hour, this one included. */
  readonly operationsLastHour: number;
  readonly sensitivity?: Sensitivity;
  readonly isMalware: boolean;
}

export interface Risk {
  readonly hundredths: number;
  /** What raised the score beside the operation itself. */
  readonly factors: readonly RiskFactor[];
}

/** Confidential files are of medium, restricted ones of high sensitivity; public and internal ones add nothing. */
export function assessRisk(facts: RiskFacts): Risk {
  const { localHour, isNewCountry, operationsLastHour, sensitivity, isMalware } = facts;
  const present: Record<RiskFactor, boolean> = {
    unusual_hour: localHour !== undefined && (localHour < usualHours.from || localHour >= usualHours.to),
    new_country: isNewCountry,
    many_operations: operationsLastHour > manyOperations,
    high_sensitivity: sensitivity === 'restricted',
    medium_sensitivity: sensitivity === 'confidential',
    malware_found: isMalware,
  };
  const factors = (Object.keys(ofFactor) as RiskFactor[]).filter((factor) => present[factor]);
  const sum = factors.reduce((total, factor) => total + ofFactor[factor], ofOperation[facts.operation]);
  return { hundredths: Math.min(sum, maxHundredths), factors };
}

/** The hour of the day in an IANA time zone; UTC for a name that the runtime does not know. */
export function hourIn(timeZone: string, at: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
    return Number(format.format(new Date(at)));
  } catch {
    return new Date(at).getUTCHours();
  }
}
