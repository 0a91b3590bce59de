import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { ExtractedType } from './extracted-types.ts';
import type { ExtractAnswer, ExtractRequest } from './extraction.ts';
import { extractors } from './extractors.ts';

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answer(said: ExtractAnswer, picture?: Uint8Array): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
  if (picture) process.stdout.write(picture);
}

const request = JSON.parse(process.argv[2] ?? '') as ExtractRequest;
const source = await standardInput();
try {
  const { picture, ...extraction } = await extractors[request.mimeType as ExtractedType](source, request);
  answer({ kind: 'extracted', extraction, ...(picture && { picture: picture.mimeType }) }, picture?.image);
} catch (error) {
  // Nothing but the document's bytes comes in here, so that whatever is wrong is wrong with them.
  const reason = error instanceof DocumentUnreadable ? error.reason : 'malformed';
  answer({ kind: 'refused', reason, words: String(error).slice(0, 300) });
}
