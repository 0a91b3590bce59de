import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Client, errors } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws';
import { searchIndexName, searchMapping } from '../../contract/search-mapping.ts';
import type { SearchIndex } from '../../core/search/ports.ts';
import { type BulkLines, bulkLines, forgotten } from './documents.ts';
import { allOf, cursorOf, searchBody } from './query.ts';

/** Three tries are 24 s, of the 29 s that an answer of the API may take. */
const requestTimeoutMs = 8_000;
const maxRetries = 2;
/** A bulk request takes some 10 MiB; a document, with its text, 1 MiB and a little. */
const bulkMaxBytes = 5 * 1024 * 1024;

/**
 * Documents of an erased tenant that one request removes, and requests of one run: some seconds each. What is left then is
 * left to the message's next attempt, when the collection has refreshed.
 */
const forgetAtOnce = 1_000;
const forgetMaxRounds = 20;

/** A change that came late: a later one is there already. */
const versionConflict = 409;
/** Of a deletion: there is no such document. */
const notFound = 404;

/** `https://id.region.aoss.amazonaws.com`; by SigV4 with the function's own role. */
export const createOpenSearch = (endpoint: string): Client =>
  new Client({
    ...AwsSigv4Signer({ region: regionOf(endpoint), service: 'aoss', getCredentials: fromEnv() }),
    node: endpoint,
    requestTimeout: requestTimeoutMs,
    maxRetries,
  });

function regionOf(endpoint: string): string {
  const [, region] = new URL(endpoint).hostname.split('.');
  if (!region) throw new Error(`${endpoint} names no region`);
  return region;
}

/**
 * SearchIndex by OpenSearch. A change is found when the collection has refreshed, which it does by itself every ten
 * seconds or so.
 */
export const createOpenSearchIndex = (client: Client): SearchIndex => {
  let exists: Promise<void> | undefined;
  const indexExists = (): Promise<void> => {
    exists ??= createIndex(client).catch((error: unknown) => {
      exists = undefined;
      throw error;
    });
    return exists;
  };
  return {
    update: async (tenantId, changes) => {
      await indexExists();
      for (const lines of bulks(changes.map((change) => bulkLines(tenantId, change)))) {
        await sendBulk(client, lines);
      }
    },
    forget: async (tenantId) => {
      for (let round = 0; round < forgetMaxRounds; round += 1) {
        const { body } = await client.search({
          index: searchIndexName,
          body: allOf(tenantId, forgetAtOnce),
          ignore_unavailable: true,
        });
        const found = body.hits.hits.map(({ _source }) => (_source as { fileId: string }).fileId);
        if (found.length === 0) return;
        await sendBulk(
          client,
          found.flatMap((fileId) => forgotten(tenantId, fileId)),
        );
      }
      // The collection shows what is gone until it has refreshed; or there was more than one run can remove.
      throw new Error(`documents of tenant ${tenantId} are left`);
    },
    search: async (query) => {
      const { body } = await client.search({
        index: searchIndexName,
        body: searchBody(query),
        // Before the first file there is none, and nothing to be found.
        ignore_unavailable: true,
      });
      const found = body.hits.hits;
      const page = found.slice(0, query.limit);
      const last = page.at(-1)?.sort;
      return {
        hits: page.map(({ _source, _score }) => ({
          fileId: (_source as { fileId: string }).fileId,
          score: Number(_score),
        })),
        ...(found.length > query.limit && last && { nextCursor: cursorOf(last) }),
      };
    },
  };
};

/** Once for each instance of the function; somebody else may be faster. */
async function createIndex(client: Client): Promise<void> {
  const { body: exists } = await client.indices.exists({ index: searchIndexName });
  if (exists) return;
  try {
    await client.indices.create({ index: searchIndexName, body: { mappings: searchMapping } });
  } catch (error) {
    if (!(error instanceof errors.ResponseError && isAlreadyThere(error))) throw error;
  }
}

const isAlreadyThere = ({ message }: Error): boolean => message.includes('resource_already_exists_exception');

/** Requests that are small enough, each with at least one change. */
function* bulks(changes: readonly BulkLines[]): Generator<readonly object[]> {
  let lines: object[] = [];
  let bytes = 0;
  for (const change of changes) {
    const size = change.reduce((sum, line) => sum + Buffer.byteLength(JSON.stringify(line)) + 1, 0);
    if (lines.length > 0 && bytes + size > bulkMaxBytes) {
      yield lines;
      lines = [];
      bytes = 0;
    }
    lines.push(...change);
    bytes += size;
  }
  if (lines.length > 0) yield lines;
}

/** @throws Error when a change was neither taken nor known already; the message of all of them comes again */
async function sendBulk(client: Client, lines: readonly object[]): Promise<void> {
  const { body } = await client.bulk({ body: [...lines] as Record<string, unknown>[] });
  for (const item of body.items) {
    const { status, error } = item.index ?? item.delete ?? {};
    if (error && status !== versionConflict && status !== notFound) {
      throw new Error(`OpenSearch did not take a change: ${status} ${error.type}`);
    }
  }
}
