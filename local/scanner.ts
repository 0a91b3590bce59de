import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { LocalFailure } from './failure.ts';
import type { Progress } from './progress.ts';
import { runFunction } from './run-function.ts';

/** What can scan on one machine; the others need AWS, or nothing. */
const localScanners = ['local-signatures', 'clamav'] as const;
export type LocalScanner = (typeof localScanners)[number];
export const defaultScanner: LocalScanner = 'local-signatures';

const clamavPrograms = ['clamscan', 'freshclam'];

/** Reads SLUICE_SCANNER. Throws LocalFailure for a scanner that cannot run here. */
export function scannerFrom(value: string | undefined): LocalScanner {
  if (!value) return defaultScanner;
  const known = localScanners.find((scanner) => scanner === value);
  if (known) return known;
  throw new LocalFailure(`SLUICE_SCANNER is ${value}: use ${localScanners.join(' or ')}.`);
}

/** Throws LocalFailure that says what to install where ClamAV is missing. */
export async function requireClamav(env: NodeJS.ProcessEnv): Promise<void> {
  const missing: string[] = [];
  for (const program of clamavPrograms) if (!(await isInPath(program, env.PATH ?? ''))) missing.push(program);
  if (missing.length === 0) return;
  throw new LocalFailure(
    `ClamAV is to scan, but ${missing.join(' and ')} cannot be found: install it (Debian and Ubuntu: apt install clamav clamav-freshclam; macOS: brew install clamav), or start without SLUICE_SCANNER.`,
  );
}

async function isInPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    const found = await access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** Without definitions nothing is scanned; the function's schedule looks for them again. */
export async function updateDefinitions(
  endpoint: string,
  functionName: string,
  progress: Progress,
): Promise<void> {
  const failure = await progress.step('Virus definitions', () => runFunction(endpoint, functionName));
  if (failure) progress.say(`  They could not be fetched; until they are, files are held: ${failure}`);
}

/** Said loudly: what is uploaded here is not scanned for malware. */
export const scannerNotice = (scanner: LocalScanner): readonly string[] =>
  scanner === 'local-signatures'
    ? [
        '  Scan  NO MALWARE SCANNER: only test files are recognized. With ClamAV installed:',
        '        SLUICE_SCANNER=clamav npm start',
        '',
      ]
    : [];
