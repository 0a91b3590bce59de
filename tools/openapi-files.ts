import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { defaultLimits } from '../lambdas/contract/limits.ts';
import { openApiDocument } from '../lambdas/http/openapi/document.ts';

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** The files that are generated from the API's schemas, by their path in the project; a test keeps them current. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const document = openApiDocument(defaultLimits) as Record<string, unknown> & Document;
  return {
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'client/api-schema.ts': await typesOf(document),
  };
}

async function typesOf({ components }: Document): Promise<string> {
  const text = JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/definitions/');
  const schema = { type: 'object', definitions: JSON.parse(text), additionalProperties: false } as JSONSchema;
  const types = await compile(schema, 'ApiSchemas', {
    bannerComment: '// Generated from the schemas that check requests and describe answers: npm run openapi.',
    additionalProperties: false,
    unreachableDefinitions: true,
    // A tuple type for every allowed length would be thousands of lines.
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return types
    .replace(whereReferred, (note, end: string) => (note.startsWith('/**') ? '' : end))
    .replace('export interface ApiSchemas {}\n', '');
}

/** The compiler's note on every type, that the type is in the document: alone, or below what the schema says. */
const whereReferred =
  /(?:\/\*\*\n| \*\n)(?: \* This (?:interface|type) was referenced by `ApiSchemas`'s JSON-Schema\n \* via the `definition` "\w+"\.\n)( \*\/\n)/g;
