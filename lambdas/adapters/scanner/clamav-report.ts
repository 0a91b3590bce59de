import type { ScanAnswer, ScanVerdict } from '../../core/intake/scanner.ts';
import type { Ended } from './clamav-process.ts';

export const engine = 'clamav';

/** clamscan's exit codes. */
const nothingFound = 0;
const somethingFound = 1;

/** Names by which it says that it did not look at everything, which without the options below it would call OK. */
const notLookedInside = /^Heuristics\.(Limits\.Exceeded|Encrypted)\b/;

/**
 * What a run of clamscan over exactly `path` says. Clean is only what it calls OK by name: any other exit code, a
 * silent end or a killed run is no result.
 */
export function verdictOf(
  { exitCode, lines }: Ended,
  path: string,
  definitions: string,
): Exclude<ScanAnswer, { verdict: 'requested' }> {
  const said = lines
    .filter((line) => line.startsWith(`${path}: `))
    .map((line) => line.slice(path.length + 2));
  const by = { engine, definitions };
  if (exitCode === somethingFound) {
    const found = said.flatMap((line) => /^(.+) FOUND$/.exec(line)?.[1] ?? []);
    const threat = found.find((name) => !notLookedInside.test(name));
    if (threat) return { verdict: 'infected', ...by, threat: threatName(threat) };
    if (found[0]) return { verdict: 'unscannable', ...by, detail: found.join(', ') };
  }
  if (exitCode === nothingFound && (said.includes('OK') || said.includes('Empty file'))) {
    return { verdict: 'clean', ...by } satisfies ScanVerdict;
  }
  const how = exitCode === undefined ? 'clamscan was killed' : `clamscan ended with ${exitCode}`;
  return { verdict: 'unavailable', detail: [how, lines.findLast(isTelling)].filter(Boolean).join(': ') };
}

/** What signatures that ClamAV did not publish itself add to their name says nothing of the threat. */
const threatName = (name: string): string => name.replace(/\.UNOFFICIAL$/, '');

const isTelling = (line: string): boolean => /error|warning|can't|cannot/i.test(line);
