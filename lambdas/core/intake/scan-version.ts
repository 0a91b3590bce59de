import type { ScanAnswer, Scanner, ScannerBreaker, ScanResults, ScanTarget } from './scanner.ts';

export interface ScanDeps {
  readonly scanner: Scanner;
  readonly scans: ScanResults;
  readonly breaker: ScannerBreaker;
}

/** The verdict on one version: the one that came already, else the scanner's. */
export const scanVersion = async (deps: ScanDeps, target: ScanTarget, attempt: number): Promise<ScanAnswer> =>
  (await deps.scans.result(target)) ?? askScanner(deps, target, attempt);

/** Asks the scanner, where it may be asked. */
export async function askScanner(
  deps: Omit<ScanDeps, 'scans'>,
  target: ScanTarget,
  attempt: number,
): Promise<ScanAnswer> {
  const { engine, maxBytes } = deps.scanner;
  if (maxBytes !== undefined && target.size > maxBytes) {
    return {
      verdict: 'unscannable',
      engine,
      detail: `larger than the ${maxBytes} bytes that ${engine} takes`,
    };
  }
  if (!(await deps.breaker.mayScan())) {
    return { verdict: 'unavailable', detail: 'the scanner has failed lately and is left alone' };
  }
  const answer = await deps.scanner.scan(target, attempt);
  if (answer.verdict === 'unavailable') await deps.breaker.failed();
  else if (answer.verdict !== 'requested') await deps.breaker.succeeded();
  return answer;
}
