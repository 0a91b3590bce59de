import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LocalScanner } from './scanner.ts';

export interface StackUser {
  readonly email: string;
  readonly tenant: string;
  readonly role: string;
  readonly password: string;
}

/** `.local/stack.json` (DESIGN 9): what scripts, tests and benchmarks need to know about the running stack. */
export interface StackFile {
  /** The front: API paths follow directly, as in `${apiUrl}/storage/quota`. */
  readonly apiUrl: string;
  readonly consoleUrl: string;
  readonly region: string;
  /** The engine, for SDK clients; its root credentials are `test` / `test`. */
  readonly endpoint: string;
  readonly buckets: { readonly intake: string; readonly library: string; readonly derived: string };
  readonly users: readonly StackUser[];
  readonly apiId: string;
  readonly tableName: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly sweepFunctionName: string;
  readonly scanner: LocalScanner;
  /** With clamav: looks for new virus definitions. */
  readonly definitionsFunctionName?: string;
  readonly audit: { readonly bucket: string; readonly keyId: string; readonly sealFunctionName: string };
  readonly queues: Readonly<Record<string, string>>;
  readonly deadLetterQueues: Readonly<Record<string, string>>;
}

export async function writeStackFile(path: string, stack: StackFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(stack, undefined, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/** Undefined when no stack has ever been ready there. */
export async function readStackFile(path: string): Promise<StackFile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StackFile;
  } catch {
    return undefined;
  }
}
