import type { TenantPolicy } from './policy.ts';
import { orderedFields, stricterOf } from './stricter.ts';

export type Framework =
  | 'HIPAA'
  | 'PCI-DSS'
  | 'FERPA'
  | 'SOC2'
  | 'GDPR'
  | 'HITECH'
  | 'SOX'
  | 'ISO27001'
  | 'FedRAMP'
  | 'FISMA'
  | 'COPPA';

/** The fields that frameworks have something to say about. */
export type PresetFields = Pick<
  TenantPolicy,
  | 'virusScanningRequired'
  | 'encryptionRequired'
  | 'trashDays'
  | 'retentionDays'
  | 'auditLevel'
  | 'unscannable'
  | 'svg'
>;

type Sourced<T> = {
  readonly value: T;
  /**
   * `required`: the source names this measure or number. `choice`: the source asks for the aim and leaves the means
   * open; the value is Sluice's, for the reason given.
   */
  readonly basis: 'required' | 'choice';
  readonly source: string;
};

export type Preset = { readonly [Field in keyof PresetFields]?: Sourced<PresetFields[Field]> };

const required = <const T>(value: T, source: string): Sourced<T> => ({ value, basis: 'required', source });
const choice = <const T>(value: T, source: string): Sourced<T> => ({ value, basis: 'choice', source });

/** Years with their leap days, rounded up, so that no span of so many calendar years is longer. */
const years = (count: number): number => Math.ceil(count * 365.25);

/** No month is shorter. */
const shortestMonthDays = 28;
/** Long enough to undo a mistake after a holiday, and no longer: where data shall go once it is not needed. */
const shortTrashDays = 7;

const healthSecurity = {
  encryptionRequired: choice(
    true,
    '45 CFR 164.312(a)(2)(iv) and (e)(2)(ii) name encryption as addressable, that is to be done where reasonable; Sluice can, so it does',
  ),
  virusScanningRequired: choice(
    true,
    '45 CFR 164.308(a)(5)(ii)(B), protection from malicious software, addressable',
  ),
  auditLevel: choice(
    'full',
    '45 CFR 164.312(b) asks to record and examine activity in systems with health information; reading is activity',
  ),
  unscannable: choice('reject', '45 CFR 164.308(a)(5)(ii)(B); what cannot be scanned is not let in'),
} as const;

const federalControls = {
  encryptionRequired: required(true, 'NIST SP 800-53 r5 SC-28(1), moderate and high baselines'),
  virusScanningRequired: required(true, 'NIST SP 800-53 r5 SI-3, all baselines'),
  auditLevel: choice(
    'full',
    'NIST SP 800-53 r5 AU-2 and AU-12 leave the events to the organization; Sluice logs every access',
  ),
  unscannable: choice(
    'reject',
    'NIST SP 800-53 r5 SI-3 leaves the action to the organization; what cannot be scanned is blocked',
  ),
  svg: choice('reject', 'NIST SP 800-53 r5 SC-18 restricts mobile code; an SVG can carry scripts'),
} as const;

/**
 * What naming a framework sets in a tenant's policy, each value with its source. A preset is a starting point for the
 * fields that Sluice has; it makes nobody compliant. A field that is absent has no basis in the framework.
 */
export const presets: Readonly<Record<Framework, Preset>> = {
  HIPAA: {
    ...healthSecurity,
    retentionDays: choice(
      years(6),
      '45 CFR 164.316(b)(2)(i): six years, for required documentation, not for health records; Sluice cannot tell which a file is',
    ),
  },
  HITECH: {
    ...healthSecurity,
    encryptionRequired: choice(
      true,
      '42 U.S.C. 17932(h) and the guidance 74 FR 19006: a breach of encrypted data need not be notified',
    ),
    auditLevel: choice(
      'full',
      '42 U.S.C. 17931 extends 45 CFR 164.312(b) to business associates; reading is activity',
    ),
  },
  'PCI-DSS': {
    encryptionRequired: choice(
      true,
      'PCI DSS v4.0.1 req. 3.5.1: stored account numbers unreadable; strong cryptography is one of the ways',
    ),
    virusScanningRequired: required(true, 'PCI DSS v4.0.1 req. 5.2.1 and 5.2.2'),
    auditLevel: required('full', 'PCI DSS v4.0.1 req. 10.2.1.1: all individual access to cardholder data'),
    unscannable: choice(
      'reject',
      'PCI DSS v4.0.1 req. 5.3.2 asks for scans; what cannot be scanned is not let in',
    ),
    trashDays: choice(
      shortTrashDays,
      'PCI DSS v4.0.1 req. 3.2.1: account data kept to the minimum; it gives no number',
    ),
  },
  FERPA: {
    auditLevel: choice(
      'full',
      '34 CFR 99.32(a)(1): a record of each request for access and each disclosure; inside a school it is not required',
    ),
  },
  SOC2: {
    encryptionRequired: choice(true, 'TSC CC6.1, point of focus on encryption; it prescribes none'),
    virusScanningRequired: choice(true, 'TSC CC6.8: prevent or detect malicious software'),
    auditLevel: choice('standard', 'TSC CC7.2: monitoring for anomalies; changes and downloads'),
  },
  GDPR: {
    encryptionRequired: choice(true, 'Art. 32(1)(a) names encryption as appropriate, by risk'),
    trashDays: choice(
      shortestMonthDays,
      'Art. 5(1)(e) limits storage and gives no number; Art. 12(3) gives one month to act on a request to erase',
    ),
    auditLevel: choice('standard', 'Art. 5(2) accountability and Art. 32; changes and downloads'),
  },
  SOX: {
    retentionDays: required(
      years(7),
      '17 CFR 210.2-06: seven years, for records of audits and reviews; 18 U.S.C. 1520 five',
    ),
    auditLevel: choice('standard', '15 U.S.C. 7262 (section 404), internal control; changes and downloads'),
  },
  ISO27001: {
    encryptionRequired: choice(true, 'ISO/IEC 27001:2022 A.8.24, use of cryptography by one’s own rules'),
    virusScanningRequired: required(true, 'ISO/IEC 27001:2022 A.8.7, protection against malware'),
    auditLevel: choice('standard', 'ISO/IEC 27001:2022 A.8.15, logging of activities; changes and downloads'),
  },
  FedRAMP: federalControls,
  FISMA: {
    ...federalControls,
    encryptionRequired: choice(
      true,
      'FIPS 199 and 200 by 44 U.S.C. 3554 with NIST SP 800-53 r5 SC-28(1), which the low baseline does not hold',
    ),
  },
  COPPA: {
    trashDays: choice(
      shortTrashDays,
      '16 CFR 312.10: only as long as is reasonably necessary, and never indefinitely; it gives no number',
    ),
    encryptionRequired: choice(true, '16 CFR 312.8: reasonable procedures for confidentiality and security'),
    auditLevel: choice('standard', '16 CFR 312.8; changes and downloads'),
  },
};

/** What several frameworks set together: the stricter of each field. */
export const presetOf = (frameworks: readonly Framework[]): Partial<PresetFields> =>
  frameworks.reduce<Partial<PresetFields>>((sum, name) => stricterOf(sum, valuesOf(presets[name])), {});

const valuesOf = (preset: Preset): Partial<PresetFields> =>
  Object.fromEntries(Object.entries(preset).map(([field, { value }]) => [field, value]));

/** Which of the frameworks ask for more than `said`, field by field. */
export function laxerThanPresets(
  said: Partial<TenantPolicy>,
  frameworks: readonly Framework[],
): readonly { readonly field: string; readonly framework: Framework; readonly source: string }[] {
  return frameworks.flatMap((framework) => {
    const preset = presets[framework];
    const bound = stricterOf(said, valuesOf(preset));
    return orderedFields.flatMap((field) => {
      const ruled = preset[field as keyof Preset];
      const isLaxer = ruled && said[field] !== undefined && bound[field] !== said[field];
      return isLaxer ? [{ field, framework, source: ruled.source }] : [];
    });
  });
}
