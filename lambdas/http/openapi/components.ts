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

  /** One value, described in place. */
  parameter(schema: z.ZodType): JsonSchema {
    return this.#describe(schema, 'input');
  }

  #describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...rest
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (io === 'output') leaveOpen(zodSchema, jsonSchema);
        leaveOutNoise(jsonSchema);
      },
    });
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

/** Answers may get new fields: a client that refuses those would break with them. What is strict by itself stays so. */
function leaveOpen(schema: z.core.$ZodType, described: JsonSchema): void {
  if (schema instanceof z.ZodObject && !schema.def.catchall) delete described.additionalProperties;
}

/** Bounds of every whole number in JavaScript, and the pattern of a format that has a name. */
function leaveOutNoise(described: JsonSchema): void {
  if (described.minimum === Number.MIN_SAFE_INTEGER) delete described.minimum;
  if (described.maximum === Number.MAX_SAFE_INTEGER && described.type === 'integer') delete described.maximum;
  if (described.format === 'date-time') delete described.pattern;
}

/** zod refers within one schema; the document keeps all of them in one place. */
function relocated(schema: unknown): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  const { id: _, ...rest } = JSON.parse(text) as JsonSchema;
  return rest;
}
