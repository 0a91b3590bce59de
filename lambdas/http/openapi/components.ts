import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;

/**
 * Named schemas of the document. A shape that carries an id (zod's `meta({ id })`) is described once under that name
 * and referred to everywhere; bodies without one get the name of their operation.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  /** `io`: what a client sends (`input`), or what it gets (`output`). */
  refer(name: string, schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const described = this.#describe(schema, io);
    if ('$ref' in described && Object.keys(described).length === 1) return described;
    this.#add(name, described);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The properties of a flat object, each described in place: parameters. */
  properties(schema: z.ZodObject): { properties: Record<string, JsonSchema>; required: readonly string[] } {
    const { properties = {}, required = [] } = this.#describe(schema, 'input') as {
      properties?: Record<string, JsonSchema>;
      required?: readonly string[];
    };
    return { properties, required };
  }

  #describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    for (const [name, definition] of Object.entries($defs)) this.#add(name, relocated(definition));
    return relocated(rest);
  }

  #add(name: string, schema: JsonSchema): void {
    const known = this.schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two different shapes are called ${name} in the document`);
    }
    this.schemas[name] = schema;
  }
}

/** zod refers within one schema; the document keeps all of them in one place. */
function relocated(schema: unknown): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  const { id: _, ...rest } = JSON.parse(text) as JsonSchema;
  return rest;
}
