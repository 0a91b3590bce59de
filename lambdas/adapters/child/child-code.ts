import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A function's bundle is one file, beside which the bundles of its children and the files that they need lie. */
const isBundled = (moduleUrl: string): boolean => moduleUrl.endsWith('.mjs');

/** Where the code of the child `name` is, for the module beside which its source lies. */
export const childEntry = (name: string, moduleUrl: string): string =>
  fileURLToPath(new URL(`./${name}${isBundled(moduleUrl) ? '.mjs' : '.ts'}`, moduleUrl));

/** Where a package's file is that a child reads. */
export const childFile = (specifier: string): string =>
  fileURLToPath(
    isBundled(import.meta.url)
      ? new URL(`./${basename(specifier)}`, import.meta.url)
      : import.meta.resolve(specifier),
  );
