import * as z from 'zod';
import type { Route } from '../../contract/routes.ts';
import { scopeOf } from '../../contract/scopes.ts';
import { id } from '../schemas/fields.ts';
import { queuePath } from '../schemas/queues.ts';
import { playlistPath } from '../schemas/stream.ts';
import { partPath } from '../schemas/uploads.ts';
import { versionPath } from '../schemas/versions.ts';
import type { Components, JsonSchema } from './components.ts';

/** What the routes' paths may name, each once: a name means the same wherever it stands. */
const inPaths: Readonly<Record<string, { readonly schema: z.ZodType; readonly description: string }>> = {
  fileId: { schema: id, description: "The file that the upload brings: `fileId` of the upload's answer" },
  n: { schema: partPath.shape.n, description: 'Number of the part, from 1 to `totalParts`' },
  batchId: { schema: id, description: "`batchId` of the batch's answer" },
  id: { schema: id, description: 'The file' },
  v: { schema: versionPath.shape.v, description: "Number of a version, as the file's versions list it" },
  userId: { schema: id, description: 'A user of the tenant' },
  jobId: { schema: id, description: '`jobId` of the answer that began the job' },
  t: { schema: id, description: 'The tenant' },
  u: { schema: id, description: 'A user of that tenant' },
  clientId: { schema: id, description: 'A machine client of that tenant' },
  playlist: {
    schema: playlistPath.shape.playlist,
    description: '`master.m3u8`, what it names, or `thumbnails.vtt`',
  },
  q: { schema: queuePath.shape.q, description: 'Name of a queue, as the list of queues has it' },
};

export function pathParameters(path: string, components: Components): readonly JsonSchema[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return names.map((name) => {
    const parameter = inPaths[name];
    if (!parameter) throw new Error(`nothing describes {${name}} of ${path}`);
    const { description, schema } = parameter;
    return { name, in: 'path', required: true, description, schema: components.parameter(schema) };
  });
}

export function queryParameters(query: z.ZodObject, components: Components): readonly JsonSchema[] {
  const { properties, required } = components.properties(query);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    ...(description !== undefined && { description }),
    schema,
  }));
}

export interface RequestHeader {
  readonly name: string;
  readonly description: string;
  readonly schema?: z.ZodType;
}

const onBehalfOf: RequestHeader = {
  name: 'On-Behalf-Of',
  description: 'From a machine client: the user of its tenant whom it acts for. A person is refused with it.',
  schema: id,
};

/** Those of the operation, and what every call has that a machine may make. */
export const headerParameters = (
  route: Route,
  headers: readonly RequestHeader[],
  components: Components,
): readonly JsonSchema[] =>
  [...headers, ...(route.auth === 'jwt' && scopeOf(route) ? [onBehalfOf] : [])].map(
    ({ name, description, schema = z.string() }) => ({
      name,
      in: 'header',
      description,
      schema: components.parameter(schema),
    }),
  );
