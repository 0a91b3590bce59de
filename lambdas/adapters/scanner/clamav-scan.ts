import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { scannerMaxBytes } from '../../contract/scanners.ts';
import type { ScanAnswer, ScanTarget } from '../../core/intake/scanner.ts';
import type { OpenScanned } from '../s3/scanned-object.ts';
import type { LocalDefinitions } from './clamav-definitions.ts';
import { runClamav } from './clamav-process.ts';
import { verdictOf } from './clamav-report.ts';

/** What clamscan takes of one object. Whatever goes beyond one of these is `unscannable`, never clean. */
export interface ClamscanBounds {
  /**
   * Of the object, of each file that it packs, and of all that is unpacked together. One number for the three: clamscan
   * cuts off a file in a zip at its bound for files and calls the rest OK, unless that much is too much in all.
   */
  readonly maxBytes: number;
  readonly maxFiles: number;
  /** Archives within archives. */
  readonly maxRecursion: number;
}

export const clamscanBounds: ClamscanBounds = {
  maxBytes: scannerMaxBytes.clamav ?? 0,
  maxFiles: 50_000,
  maxRecursion: 20,
};

/** Kept back from the time that clamscan is given, so that it says itself what took too long before it is killed. */
const graceMs = 30_000;
const leastScanMs = 1_000;

export interface ClamscanDeps {
  readonly open: OpenScanned;
  readonly definitions: LocalDefinitions;
  /** Where the object and what clamscan unpacks of it may lie for the time of the scan. */
  readonly temporary: string;
  readonly bounds?: ClamscanBounds;
}

/**
 * Copies exactly one version from S3 to disk and runs clamscan over it. Gives the SHA-256 of what was scanned with a
 * clean verdict. `deadlineMs`: for all of it.
 */
export async function clamscan(
  { open, definitions, temporary, bounds = clamscanBounds }: ClamscanDeps,
  target: ScanTarget,
  deadlineMs: number,
): Promise<Exclude<ScanAnswer, { verdict: 'requested' }>> {
  const endsAt = performance.now() + deadlineMs;
  const signal = AbortSignal.timeout(deadlineMs);
  await removeAbandoned(temporary);
  const directory = await mkdtemp(join(temporary, scanPrefix));
  try {
    const local = await definitions.ready(signal);
    if (!local) return { verdict: 'unavailable', detail: 'there are no virus definitions' };
    const path = join(directory, 'object');
    const sha256 = await download(await open(target, signal), path, signal);
    const leftMs = endsAt - performance.now();
    const args = clamscanArguments({ path, directory, database: local.directory, bounds, leftMs });
    const answer = verdictOf(await runClamav('clamscan', args, leftMs), path, local.version);
    return answer.verdict === 'clean' ? { ...answer, sha256 } : answer;
  } catch (error) {
    if (isGone(error)) throw error;
    return { verdict: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const scanPrefix = 'sluice-scan-';
/** No scan takes as long: the function that runs it has 15 minutes. */
const abandonedMs = 20 * 60_000;

/** A disk outlasts a run that was killed: what it left must not fill it for the next ones. */
async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    if (!name.startsWith(scanPrefix)) continue;
    const directory = join(temporary, name);
    const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedMs) await rm(directory, { recursive: true, force: true });
  }
}

/** Of a version that is no longer there: nobody waits for its verdict. */
export const isGone = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchVersion' || error.name === 'NoSuchKey');

interface Run {
  readonly path: string;
  readonly directory: string;
  readonly database: string;
  readonly bounds: ClamscanBounds;
  readonly leftMs: number;
}

/**
 * Without the alerts clamscan calls OK what it did not look at. Encrypted documents are not among them: the inspection
 * has seen these by their structure, and the policy has decided.
 */
const clamscanArguments = ({ path, directory, database, bounds, leftMs }: Run): string[] => [
  '--stdout',
  '--no-summary',
  `--database=${database}`,
  `--tempdir=${directory}`,
  '--alert-exceeds-max=yes',
  '--alert-encrypted-archive=yes',
  `--max-filesize=${bounds.maxBytes}`,
  `--max-scansize=${bounds.maxBytes}`,
  `--max-files=${bounds.maxFiles}`,
  `--max-recursion=${bounds.maxRecursion}`,
  `--max-scantime=${Math.max(leastScanMs, Math.round(leftMs - graceMs))}`,
  path,
];

/** @returns SHA-256, base64 */
async function download(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(undefined, chunk);
    },
  });
  await pipeline(chunks, hashing, createWriteStream(path), { signal });
  return hash.digest('base64');
}
