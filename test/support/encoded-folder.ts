import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedObjects } from '../../lambdas/core/video/encoded-objects.ts';

/** Outputs of an encoder that lie in a folder. */
export function encodedFolder(folder: string): EncodedObjects {
  const path = (name: string) => join(folder, name);
  return {
    size: async (name) => (existsSync(path(name)) ? statSync(path(name)).size : undefined),
    read: async (name, from, length) => readFileSync(path(name)).subarray(from, from + length),
    write: async (name, _mimeType, bytes) => writeFileSync(path(name), bytes),
  };
}

/** A copy in memory, whose objects a test can change: undefined takes one away. */
export function changed(
  folder: string,
  change: Readonly<Record<string, Uint8Array | undefined>>,
): EncodedObjects {
  const objects = new Map<string, Uint8Array | undefined>([
    ...readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const),
    ...Object.entries(change),
  ]);
  return {
    size: async (name) => objects.get(name)?.length,
    read: async (name, from, length) => objects.get(name)?.subarray(from, from + length) ?? new Uint8Array(),
    write: async (name, _mimeType, bytes) => void objects.set(name, bytes),
  };
}
