import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { routes } from '../../lambdas/contract/routes.ts';
import { describedOperations, openApiDocument } from '../../lambdas/http/openapi/document.ts';
import { generatedFiles } from '../../tools/openapi-files.ts';

interface Described {
  readonly operationId: string;
  readonly security?: unknown;
  readonly parameters: readonly { name: string; in: string; description?: string }[];
  readonly responses: Readonly<Record<string, { content?: object }>>;
}
const document = openApiDocument(defaultLimits) as {
  paths: Record<string, Record<string, Described>>;
  tags: readonly { name: string; description: string }[];
  components: { schemas: Record<string, unknown> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    at: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);

const withExample = Object.entries(describedOperations(defaultLimits)).filter(([, { example }]) => example);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));

    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('describes exactly the routes of the contract, each under its own name', () => {
    const inContract = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    expect(operations.map(({ at }) => at).sort()).toEqual(inContract.sort());
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      Object.keys(routes).sort(),
    );
  });

  it('asks for the bearer exactly where the authorizer does', () => {
    const open = operations
      .filter(({ operation }) => !operation.security)
      .map(({ operation }) => operation.operationId);
    expect(open.sort()).toEqual(
      Object.entries(routes)
        .filter(([, route]) => route.auth === 'none')
        .map(([name]) => name)
        .sort(),
    );
  });

  it.each(operations.map(({ at, path, operation }) => [at, path, operation] as const))(
    '%s names every parameter of its path, the shape of its answer and every status it can have',
    (_at, path, { parameters, responses }) => {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      const successes = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
      expect(successes).toHaveLength(1);
      const [[status, answer] = []] = successes;
      expect(answer?.content !== undefined).toBe(status !== '204' && status !== '302');
      expect(Object.keys(responses)).not.toContain('default');
    },
  );

  it('says a sentence of every group and describes every parameter of a path and every header', () => {
    for (const tag of document.tags) expect(tag.description).toMatch(/\.$/);
    const undescribed = operations.flatMap(({ at, operation }) =>
      operation.parameters
        .filter((parameter) => parameter.in !== 'query' && !parameter.description)
        .map(({ name }) => `${at} ${name}`),
    );
    expect(undescribed).toEqual([]);
  });

  it.each(withExample)('%s has an example that its own schema takes', (_name, { body, example }) => {
    expect(body?.safeParse(example).error).toBeUndefined();
  });

  it('leaves answers open for new fields and requests closed', () => {
    const { File, InitiateRequest } = document.components.schemas;
    expect(File).not.toHaveProperty('additionalProperties');
    expect(InitiateRequest).toHaveProperty('additionalProperties', false);
  });

  it.each(['docs/openapi.json', 'client/api-schema.ts'])(
    'is what %s tells: npm run openapi',
    async (name) => {
      const committed = await readFile(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');
      expect(committed).toBe((await generatedFiles())[name]);
    },
  );
});
