import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './openapi-files.ts';

/** `npm run openapi`: writes what follows from the API's schemas, the document and the client's types. */
for (const [name, text] of Object.entries(await generatedFiles())) {
  await writeFile(fileURLToPath(new URL(`../${name}`, import.meta.url)), text);
  process.stdout.write(`wrote ${name}\n`);
}
