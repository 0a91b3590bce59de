import type { ExtractedType } from '../../lambdas/adapters/documents/extracted-types.ts';
import type { Extraction } from '../../lambdas/adapters/documents/extraction.ts';
import { extractors } from '../../lambdas/adapters/documents/extractors.ts';
import { DocumentUnreadable } from '../../lambdas/core/documents/ports.ts';

const bounds = { maxTextPages: 100, maxTextBytes: 1024 * 1024 };

/** What is read out of a document, within this process. */
export const extract = (
  source: Uint8Array | string,
  mimeType: ExtractedType,
  over: Partial<typeof bounds> & { readonly charset?: string } = {},
): Promise<Extraction> => {
  const { charset, ...own } = over;
  return extractors[mimeType](Buffer.from(source as Uint8Array), {
    mimeType,
    bounds: { ...bounds, ...own },
    ...(charset && { charset }),
  });
};

/** `read`, or why not. */
export const outcomeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'read',
    // What is no DocumentUnreadable is called malformed by the child.
    (error: unknown) => (error instanceof DocumentUnreadable ? error.reason : 'malformed'),
  );

/** White space is no matter of text. */
export const words = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
