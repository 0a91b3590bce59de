import type {
  ByteSource,
  Finding,
  Inflate,
  StructureContext,
  StructureInspector,
  StructureVerdict,
} from '../structure.ts';
import { maxGrowth, maxScanBytes, maxWalkedBytes } from './bounds.ts';
import { type Beginning, beginningOf, type Ending, endingOf } from './frame.ts';
import { Judged, LookedEnough, Observations } from './observations.ts';
import { scanAll } from './scan.ts';
import { scanListed } from './scan-listed.ts';

/**
 * What a PDF does besides showing pages, by its objects alone: none of its pages is drawn and nothing but streams of
 * objects is inflated. Damage that viewers repair is no reason to refuse a file, and hides nothing: up to `maxScanBytes`
 * every object in the file is looked at, whoever refers to it, in all its revisions. Of larger files, which are images for the
 * most part, those that the cross-reference lists.
 */
export const inspectPdf: StructureInspector = async (source, { rules, inflate }) => {
  const beginning = await beginningOf(source);
  if (!beginning) return refused('malformed', 'it has no PDF header');
  if (beginning.isForeign) return refused('type_mismatch', 'it begins as another kind of file than PDF');
  const seen = new Observations();
  try {
    const looked = await look(source, beginning, seen, inflate);
    if (looked === 'lost') {
      return {
        verdict: 'unscannable',
        detail: 'its cross-reference is damaged, and it is too large without',
      };
    }
    const isWhole = looked === 'all';
    if (isWhole && (seen.objects === 0 || !seen.hasRoot)) return refused('malformed', 'it holds no document');
    return verdictOf(seen, await endingOf(source, isWhole ? seen.endsAt : source.size), rules);
  } catch (error) {
    if (error instanceof Judged) return refused(error.reason, error.message);
    throw error;
  }
};

async function look(
  source: ByteSource,
  { headerAt }: Beginning,
  seen: Observations,
  inflate: Inflate,
): Promise<'all' | 'part' | 'lost'> {
  try {
    if (source.size <= maxScanBytes) await scanAll(source, seen, inflate);
    else if (!(await scanListed(source, headerAt, seen, inflate))) return 'lost';
    seen.checkLengths();
    return 'all';
  } catch (error) {
    if (!(error instanceof LookedEnough)) throw error;
    if (source.size * maxGrowth < maxWalkedBytes) {
      throw new Judged('bomb_suspected', `its structure is more than ${maxGrowth} times its size`);
    }
    seen.unseen ??= 'it has too many objects to look at all of them';
    return 'part';
  }
}

function verdictOf(seen: Observations, ending: Ending, rules: StructureContext['rules']): StructureVerdict {
  const { findings, unseen } = seen;
  if (ending === 'foreign') return refused('type_mismatch', 'another kind of file follows the document');
  if (ending === 'trailing_data') findings.add('trailing_data');
  if (seen.pages.hasLoop()) return refused('malformed', 'its page tree contains itself');
  if (rules.encryptedContent === 'reject' && findings.has('encrypted')) {
    return refused('encrypted_content', 'it is encrypted');
  }
  const isActive = findings.has('javascript') || findings.has('launch_action');
  if (rules.activeContent === 'reject' && isActive) {
    return refused('active_content', 'it holds scripts or starts programs');
  }
  // Who takes active content does not mind what else may be active.
  if (rules.activeContent === 'reject' && unseen !== undefined)
    return { verdict: 'unscannable', detail: unseen };
  return findings.size > 0 ? { verdict: 'sound', findings: ordered(findings) } : { verdict: 'sound' };
}

const ordered = (findings: ReadonlySet<Finding>): Finding[] => [...findings].sort();

const refused = (
  reason: 'type_mismatch' | 'bomb_suspected' | 'malformed' | 'encrypted_content' | 'active_content',
  detail: string,
): StructureVerdict => ({ verdict: 'refused', reason, detail });
