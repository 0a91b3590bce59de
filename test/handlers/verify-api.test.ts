import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { routes } from '../../lambdas/contract/routes.ts';
import { openApiDocument } from '../../lambdas/http/openapi/document.ts';
import { configOf, type Document, documentOf } from '../../tools/verify-api/config.ts';
import { type Pass, passes } from '../../tools/verify-api/passes.ts';

const document = openApiDocument(defaultLimits) as Document;
const pools = { files: ['01FILE'], colleagues: ['01USER'], etags: ['*'] };
const passOf = (role: Pass['role']): Pass => {
  const pass = passes.find((candidate) => candidate.role === role);
  if (!pass) throw new Error(`no pass as ${role}`);
  return pass;
};
const moveFile = (read: Document) => read.paths['/storage/files/{id}/move']?.put;
const namesOf = (read: Document) => moveFile(read)?.parameters.map(({ name }) => name);

describe('what npm run verify:api gives schemathesis', () => {
  it.each(Object.keys(routes))('calls %s at each of its bounds, in exactly one pass', (name) => {
    const thorough = passes.filter(({ bounds, operations }) => bounds && operations.test(name));

    expect(thorough.map((pass) => pass.name)).toHaveLength(1);
  });

  it('puts things that are there into paths', () => {
    const read = documentOf(document, passOf('admin'), pools);

    expect(moveFile(read)?.parameters.find(({ name }) => name === 'id')).toHaveProperty('example', '01FILE');
    expect(configOf(read, pools)).toContain('"path.id" = { dictionary = "files"');
  });

  it('sends On-Behalf-Of as a machine only, since people are refused with it', () => {
    expect(namesOf(documentOf(document, passOf('machine'), pools))).toContain('On-Behalf-Of');
    expect(namesOf(documentOf(document, passOf('admin'), pools))).not.toContain('On-Behalf-Of');
  });

  it('takes a field that the document does not name for a mistake', () => {
    const { schemas } = documentOf(document, passOf('admin'), pools).components as {
      schemas: Record<string, unknown>;
    };

    expect(schemas.File).toHaveProperty('additionalProperties', false);
    expect(schemas.OpenapiResponse).not.toHaveProperty('additionalProperties', false);
  });
});
