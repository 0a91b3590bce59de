import type { RejectionReason } from '../../../intake/reasons.ts';
import type { ContentRules, Finding, StructureVerdict } from '../structure.ts';

/** Ends the look at a structure, from however deep in it. */
class Judged extends Error {
  readonly verdict: StructureVerdict;

  constructor(verdict: StructureVerdict) {
    super(verdict.verdict);
    this.verdict = verdict;
  }
}

export function refuse(reason: RejectionReason, detail: string): never {
  throw new Judged({ verdict: 'refused', reason, detail });
}

/** Nobody here can say what is inside. */
export function giveUp(detail: string): never {
  throw new Judged({ verdict: 'unscannable', detail });
}

/** The verdict that a look comes to, by the tenant's rules for what it found. */
export async function judge(
  rules: ContentRules,
  look: () => Promise<ReadonlySet<Finding>>,
): Promise<StructureVerdict> {
  try {
    const findings = await look();
    if (findings.has('encrypted') && rules.encryptedContent === 'reject') {
      refuse('encrypted_content', 'it opens with a password only; upload it without one');
    }
    if (findings.has('macros') && rules.activeContent === 'reject') {
      refuse('active_content', 'it holds macros; save it without them');
    }
    return { verdict: 'sound', ...(findings.size > 0 && { findings: [...findings] }) };
  } catch (error) {
    if (error instanceof Judged) return error.verdict;
    throw error;
  }
}
