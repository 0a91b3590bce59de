import { type ByteReader, ByteWriter } from './bytes.ts';

/** What a segment knows of one file; of one that is gone only since when. Times are milliseconds of the epoch. */
export interface DocumentRow {
  readonly fileId: string;
  readonly revision: number;
  readonly facts?: DocumentFacts;
  /** When the index heard that it is gone. */
  readonly goneSince?: number;
}

export interface DocumentFacts {
  readonly ownerId: string;
  readonly path: string;
  readonly mimeType: string;
  readonly status: string;
  readonly tags: readonly string[];
  readonly size: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Words of the name, and of the text. */
  readonly nameLength: number;
  readonly textLength: number;
}

/** The same in columns: what repeats is a number of a table. */
export interface DocumentTable {
  readonly count: number;
  readonly fileIds: readonly string[];
  readonly revisions: Float64Array;
  /** 1 where the file is gone. */
  readonly gone: Uint8Array;
  readonly owners: Uint32Array;
  readonly paths: Uint32Array;
  readonly mimeTypes: Uint32Array;
  readonly statuses: Uint32Array;
  readonly sizes: Float64Array;
  readonly createdAt: Float64Array;
  /** Of what is gone, since when. */
  readonly updatedAt: Float64Array;
  readonly nameLengths: Uint32Array;
  readonly textLengths: Uint32Array;
  /** Those of document `d` are `tags[tagsFrom[d] .. tagsFrom[d + 1]]`. */
  readonly tagsFrom: Uint32Array;
  readonly tags: readonly number[];
  readonly names: Tables;
}

interface Tables {
  readonly owners: readonly string[];
  readonly paths: readonly string[];
  readonly mimeTypes: readonly string[];
  readonly statuses: readonly string[];
  readonly tags: readonly string[];
}

const tableOrder = ['owners', 'paths', 'mimeTypes', 'statuses', 'tags'] as const;

export function writeDocuments(to: ByteWriter, rows: readonly DocumentRow[]): void {
  const tables = Object.fromEntries(tableOrder.map((name) => [name, new Map<string, number>()])) as Record<
    keyof Tables,
    Map<string, number>
  >;
  const numberOf = (table: keyof Tables, value: string): number => {
    const known = tables[table].get(value);
    if (known !== undefined) return known;
    tables[table].set(value, tables[table].size);
    return tables[table].size - 1;
  };
  const lines = new ByteWriter();
  let previous: Uint8Array = new Uint8Array();
  for (const { fileId, revision, facts, goneSince = 0 } of rows) {
    previous = lines.textAfter(previous, fileId);
    lines.number(revision);
    lines.byte(facts ? 0 : 1);
    if (!facts) {
      lines.number(goneSince);
      continue;
    }
    lines.number(numberOf('owners', facts.ownerId));
    lines.number(numberOf('paths', facts.path));
    lines.number(numberOf('mimeTypes', facts.mimeType));
    lines.number(numberOf('statuses', facts.status));
    lines.number(facts.size);
    lines.number(facts.createdAt);
    lines.number(facts.updatedAt);
    lines.number(facts.nameLength);
    lines.number(facts.textLength);
    lines.number(facts.tags.length);
    for (const tag of facts.tags) lines.number(numberOf('tags', tag));
  }
  to.number(rows.length);
  for (const name of tableOrder) {
    to.number(tables[name].size);
    for (const value of tables[name].keys()) to.text(value);
  }
  to.bytes(lines.done());
}

export function readDocuments(from: ByteReader): DocumentTable {
  const count = from.number();
  const names = Object.fromEntries(
    tableOrder.map((name) => [name, Array.from({ length: from.number() }, () => from.text())]),
  ) as unknown as Tables;
  const table = {
    count,
    fileIds: new Array<string>(count),
    revisions: new Float64Array(count),
    gone: new Uint8Array(count),
    owners: new Uint32Array(count),
    paths: new Uint32Array(count),
    mimeTypes: new Uint32Array(count),
    statuses: new Uint32Array(count),
    sizes: new Float64Array(count),
    createdAt: new Float64Array(count),
    updatedAt: new Float64Array(count),
    nameLengths: new Uint32Array(count),
    textLengths: new Uint32Array(count),
    tagsFrom: new Uint32Array(count + 1),
    tags: [] as number[],
    names,
  };
  for (let index = 0; index < count; index += 1) {
    table.fileIds[index] = from.textAfter();
    table.revisions[index] = from.number();
    table.gone[index] = from.byte();
    if (table.gone[index] === 1) table.updatedAt[index] = from.number();
    else {
      table.owners[index] = from.number();
      table.paths[index] = from.number();
      table.mimeTypes[index] = from.number();
      table.statuses[index] = from.number();
      table.sizes[index] = from.number();
      table.createdAt[index] = from.number();
      table.updatedAt[index] = from.number();
      table.nameLengths[index] = from.number();
      table.textLengths[index] = from.number();
      for (let left = from.number(); left > 0; left -= 1) table.tags.push(from.number());
    }
    table.tagsFrom[index + 1] = table.tags.length;
  }
  return table;
}

/** One row back out of the columns. */
export function rowOf(table: DocumentTable, index: number): DocumentRow {
  const base = { fileId: table.fileIds[index] as string, revision: table.revisions[index] as number };
  if (table.gone[index] === 1) return { ...base, goneSince: table.updatedAt[index] as number };
  const { names } = table;
  return {
    ...base,
    facts: {
      ownerId: names.owners[table.owners[index] as number] as string,
      path: names.paths[table.paths[index] as number] as string,
      mimeType: names.mimeTypes[table.mimeTypes[index] as number] as string,
      status: names.statuses[table.statuses[index] as number] as string,
      tags: table.tags
        .slice(table.tagsFrom[index], table.tagsFrom[index + 1])
        .map((tag) => names.tags[tag] as string),
      size: table.sizes[index] as number,
      createdAt: table.createdAt[index] as number,
      updatedAt: table.updatedAt[index] as number,
      nameLength: table.nameLengths[index] as number,
      textLength: table.textLengths[index] as number,
    },
  };
}
