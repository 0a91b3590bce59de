/**
 * `npm run receipt:verify -- receipt.json [--keys keys.json] [--file the-file] [--stage local | --api https://…]`
 * proves that a receipt is what Sluice signed and, with --file, that the file is the one of the receipt, or says why
 * not and exits with 1. With --keys it asks nobody. Never believes an address that the receipt itself names.
 */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { stageOutputs } from '../bin/bootstrap/account.ts';
import type { PublicKeySet, SignedReceipt } from '../client/api-types.ts';
import { HttpClient } from '../client/http-client.ts';
import { verifyContent, verifyReceipt } from '../client/receipt.ts';
import { SluiceApi } from '../client/sluice-api.ts';
import { isSluiceError } from '../client/sluice-error.ts';
import { systemTiming } from '../client/timing.ts';
import { configFor } from '../lib/config/index.ts';
import { messageOf } from '../local/failure.ts';
import { defaultStackDir, stackPaths } from '../local/paths.ts';
import { readStackFile } from '../local/stack-file.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keys: { type: 'string' },
    file: { type: 'string' },
    stage: { type: 'string', default: 'local' },
    api: { type: 'string' },
    /** Where the local stack keeps its own; for one that is not the usual. */
    'local-dir': { type: 'string', default: defaultStackDir },
  },
});

async function main(): Promise<void> {
  const [path] = positionals;
  if (!path || positionals.length > 1) throw new Error('Say which receipt: receipt.json.');
  const signed = receiptIn(await readFile(path, 'utf8'));
  const receipt = await verifyReceipt(signed, await publicKeys());
  console.log(
    [
      `Valid: ${JSON.stringify(receipt.originalName)}, ${receipt.mimeType}, ${receipt.size} bytes`,
      `  file ${receipt.fileId}, version ${receipt.version}, of ${receipt.ownerId} in ${receipt.tenantId}`,
      `  stored ${receipt.storedAt ?? 'at an unknown time'}, receipt issued ${receipt.issuedAt}`,
      ...Object.entries(receipt.checksums).map(([name, value]) => `  ${name} ${value}`),
    ].join('\n'),
  );
  if (values.file === undefined) return;
  const compared = await verifyContent(receipt, await openAsBlob(values.file));
  console.log(`The file is the one of the receipt (${compared.join(', ')}).`);
}

/** What the API answered, or the JWS alone. */
function receiptIn(text: string): SignedReceipt | string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  const signed = JSON.parse(trimmed) as SignedReceipt;
  if (typeof signed.jws !== 'string') throw new Error('This file is no receipt: it has no jws.');
  return signed;
}

async function publicKeys(): Promise<Pick<PublicKeySet, 'keys'>> {
  if (values.keys !== undefined) {
    const { keys } = JSON.parse(await readFile(values.keys, 'utf8')) as PublicKeySet;
    if (!Array.isArray(keys)) throw new Error(`${values.keys} is no JWK Set: it has no keys.`);
    return { keys };
  }
  const baseUrl = values.api?.replace(/\/$/, '') ?? (await apiUrlOf(values.stage));
  return new SluiceApi(new HttpClient({ baseUrl, timing: systemTiming })).publicKeys();
}

async function apiUrlOf(stage: string): Promise<string> {
  const config = configFor(stage);
  if (config.stage !== 'local') return (await stageOutputs(config)).ApiUrl ?? '';
  const stack = await readStackFile(stackPaths(values['local-dir']).stack);
  if (!stack) throw new Error('Sluice has not been started here yet: run npm start, or give --keys.');
  return stack.apiUrl;
}

const refusals = ['receipt_invalid', 'content_differs', 'content_unverifiable'] as const;

try {
  await main();
} catch (error) {
  console.error(isSluiceError(error, ...refusals) ? `Not valid: ${error.detail}` : messageOf(error));
  process.exitCode = 1;
}
