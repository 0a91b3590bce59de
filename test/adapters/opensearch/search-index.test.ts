import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@opensearch-project/opensearch';
import { afterEach, describe, expect, it } from 'vitest';
import { createOpenSearchIndex } from '../../../lambdas/adapters/opensearch/search-index.ts';
import type { DocumentChange, IndexQuery } from '../../../lambdas/core/search/ports.ts';

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** An index over the real client and a server that answers as OpenSearch does; `asked` is what it was asked. */
async function indexOver(answer: (call: string) => Answer) {
  const asked: { call: string; lines: readonly unknown[] }[] = [];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const call = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    asked.push({
      call,
      lines: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    });
    const { status = 200, body = {} } = answer(call);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const client = new Client({ node: `http://127.0.0.1:${port}`, maxRetries: 0 });
  return { index: createOpenSearchIndex(client), asked };
}

const removal = (fileId: string): DocumentChange => ({ fileId, revision: 1 });
const query: IndexQuery = { tenantId: 'acme', text: 'report', visible: 'all', filter: {}, limit: 2 };

describe('an update', () => {
  it('makes the index before the first change, and once', async () => {
    const { index, asked } = await indexOver((call) =>
      call.startsWith('HEAD') ? { status: 404 } : { body: { items: [] } },
    );
    await index.update('acme', [removal('F1')]);
    await index.update('acme', [removal('F2')]);
    expect(asked.map(({ call }) => call)).toEqual([
      'HEAD /files',
      'PUT /files',
      'POST /_bulk',
      'POST /_bulk',
    ]);
  });

  it('goes on when somebody else has made the index meanwhile', async () => {
    const taken = { error: { type: 'resource_already_exists_exception', reason: 'there' }, status: 400 };
    const { index, asked } = await indexOver((call) => {
      if (call.startsWith('HEAD')) return { status: 404 };
      return call.startsWith('PUT') ? { status: 400, body: taken } : { body: { items: [] } };
    });
    await index.update('acme', [removal('F1')]);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['a later change is there already', 409],
    ['there is nothing to remove', 404],
  ])('is done when %s', async (_why, status) => {
    const { index } = await indexOver(() => ({
      body: { items: [{ delete: { status, error: { type: 'late' } } }] },
    }));
    await expect(index.update('acme', [removal('F1')])).resolves.toBeUndefined();
  });

  it('fails when one change is not taken, so that its message comes again', async () => {
    const { index } = await indexOver(() => ({
      body: { items: [{ delete: { status: 200 } }, { index: { status: 429, error: { type: 'busy' } } }] },
    }));
    await expect(index.update('acme', [removal('F1'), removal('F2')])).rejects.toThrow(/429 busy/);
  });

  it('sends large texts in several requests', async () => {
    const { index, asked } = await indexOver(() => ({ body: { items: [] } }));
    const document = {
      ...{ ownerId: 'alice', path: '/', filename: 'a.txt', tags: [], metadata: {}, mimeType: 'text/plain' },
      ...{ size: 1, status: 'ready' as const, createdAt: '2026-11-20', updatedAt: '2026-11-20' },
      text: 'turbine '.repeat(300_000),
    };
    const fileIds = ['F1', 'F2', 'F3'];
    await index.update(
      'acme',
      fileIds.map((fileId) => ({ fileId, revision: 1, document })),
    );
    const bulks = asked.filter(({ call }) => call === 'POST /_bulk');
    expect(bulks.map(({ lines }) => lines.length)).toEqual([4, 2]);
  });
});

describe('an erased tenant', () => {
  it('has its documents removed until none is found', async () => {
    const left = ['F1', 'F2'];
    const { index, asked } = await indexOver((call) => {
      if (call !== 'POST /_bulk')
        return { body: { hits: { hits: left.map((id) => ({ _source: { fileId: id } })) } } };
      left.splice(0);
      return {
        body: { items: [{ delete: { status: 200 } }, { delete: { status: 404, error: { type: 'gone' } } }] },
      };
    });
    await index.forget('acme');
    expect(asked.map(({ call }) => call)).toEqual([
      'POST /files/_search',
      'POST /_bulk',
      'POST /files/_search',
    ]);
    expect(asked[0]?.lines[0]).toMatchObject({
      query: { bool: { filter: [{ term: { tenantId: 'acme' } }] } },
    });
    expect(asked[1]?.lines).toEqual([
      { delete: { _index: 'files', _id: 'acme/F1' } },
      { delete: { _index: 'files', _id: 'acme/F2' } },
    ]);
  });

  it('is asked for again where documents stay', async () => {
    const { index } = await indexOver((call) =>
      call === 'POST /_bulk'
        ? { body: { items: [{ delete: { status: 404, error: { type: 'gone' } } }] } }
        : { body: { hits: { hits: [{ _source: { fileId: 'F1' } }] } } },
    );
    await expect(index.forget('acme')).rejects.toThrow(/left/);
  });
});

describe('a search', () => {
  const hit = (fileId: string, score: number) => ({
    ...{ _source: { fileId }, _score: score },
    sort: [score, 1, fileId],
  });

  it('answers with a page, and with a cursor exactly where there is more', async () => {
    const { index } = await indexOver(() => ({
      body: { hits: { hits: [hit('F1', 9), hit('F2', 5), hit('F3', 1)] } },
    }));
    const page = await index.search(query);
    expect(page.hits).toEqual([
      { fileId: 'F1', score: 9 },
      { fileId: 'F2', score: 5 },
    ]);
    expect(page.nextCursor).toBeDefined();
    expect((await index.search({ ...query, limit: 3 })).nextCursor).toBeUndefined();
  });

  it('finds nothing before there is an index', async () => {
    const { index, asked } = await indexOver(() => ({ body: { hits: { hits: [] } } }));
    expect(await index.search(query)).toEqual({ hits: [] });
    expect(asked.map(({ call }) => call)).toEqual(['POST /files/_search']);
  });
});
