import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiSecurityHeaders } from '../../lambdas/contract/api-headers.ts';
import { type Front, isLocalHost, requestTarget, startFront } from '../../local/front.ts';
import { countryFrom, createApiProxy } from '../../local/front-proxy.ts';
import { loadConsole, type StaticFiles } from '../../local/front-static.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let dir = '';
let files: StaticFiles;
let front: Front;
let api: Handler = (_request, response) => response.end();
const engine = createServer((request, response) => api(request, response));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-front-'));
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'index.html'), '<title>Sluice</title>');
  await writeFile(join(dir, 'assets', 'main-abc.js'), 'export {};');
  files = await loadConsole(dir, { auth: { mode: 'password' } });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
  front = await startFront({ port: 0, endpoint: endpoint(), apiId: 'abcd1234', files });
});

afterEach(() => {
  api = (_request, response) => response.end();
});

afterAll(async () => {
  await front.close();
  engine.closeAllConnections();
  engine.close();
  await rm(dir, { recursive: true, force: true });
});

const endpoint = (): string => `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${front.port}${path}`, { redirect: 'manual', ...init });

/** fetch would tidy the path and the Host header up. */
const raw = (path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: front.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });

describe('the console behind the front', () => {
  it('is where the root leads', async () => {
    const response = await get('/');

    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/app/');
  });

  it('comes with a policy that lets scripts in from here only, and bytes to S3', async () => {
    const response = await get('/app/');

    expect(await response.text()).toContain('Sluice');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ${endpoint()}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('keeps hashed assets for good and revalidates the rest', async () => {
    const asset = await get('/app/assets/main-abc.js');
    const page = await get('/app/');
    const again = await get('/app/', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });

    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect(again.status).toBe(304);
  });

  it('answers its own routes with the page, missing files with 404 and writes with 405', async () => {
    expect(await (await get('/app/files/01ABC')).text()).toContain('Sluice');
    expect((await get('/app/assets/gone.js')).status).toBe(404);
    expect((await get('/app/', { method: 'POST' })).status).toBe(405);
    expect(await (await get('/app/config.json')).json()).toEqual({ auth: { mode: 'password' } });
  });

  it('has no way out of its folder', async () => {
    await writeFile(join(dir, '..', `${basename(dir)}.txt`), 'outside');
    expect(await raw(`/app/..%2f${basename(dir)}.txt`)).toBe(404);
    expect(await raw('/app/%ff.js')).toBe(404);
    await rm(join(dir, '..', `${basename(dir)}.txt`));
  });
});

describe('the API behind the front', () => {
  it('gets method, path, query and body as they were sent, and answers as it answers', async () => {
    let seen = '';
    api = (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen = `${request.method} ${request.url} ${body}`;
        response.writeHead(201, { 'content-type': 'application/json', 'x-answer': 'yes' }).end('{"ok":true}');
      });
    };
    const response = await get('/storage/files?path=%2Fa%20b&tag=x', { method: 'POST', body: '{"a":1}' });

    expect(seen).toBe('POST /_aws/execute-api/abcd1234/$default/storage/files?path=%2Fa%20b&tag=x {"a":1}');
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(await response.json()).toEqual({ ok: true });
  });

  it('is told the true address, and nothing that only the edge may say', async () => {
    let headers: IncomingMessage['headers'] = {};
    api = (request, response) => {
      headers = request.headers;
      response.end();
    };
    await get('/health', {
      headers: {
        authorization: 'Bearer x',
        'x-forwarded-for': '8.8.8.8',
        'x-sluice-edge-secret': 'guess',
        'cloudfront-viewer-country': 'XX',
        forwarded: 'for=8.8.8.8',
      },
    });

    expect(headers.authorization).toBe('Bearer x');
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(headers)).not.toMatch(/8\.8\.8\.8|guess|viewer-country/);
  });

  it('is told the country that the machine is set to be in, whatever a client says', async () => {
    let seen: unknown;
    api = (request, response) => {
      seen = request.headers['cloudfront-viewer-country'];
      response.end();
    };
    const abroad = await startFront({
      port: 0,
      endpoint: endpoint(),
      apiId: 'abcd1234',
      files,
      country: 'DE',
    });
    await fetch(`${abroad.origin}/health`, { headers: { 'cloudfront-viewer-country': 'US' } });
    await abroad.close();

    expect(seen).toBe('DE');
    expect(() => countryFrom('Germany')).toThrow('two capital letters');
  });

  it('has its answers neither sniffed nor run, also those of API Gateway itself', async () => {
    api = (_request, response) => response.writeHead(401).end('{"message":"Unauthorized"}');
    const { headers } = await get('/storage/files');

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe(apiSecurityHeaders['content-security-policy']);
  });

  it('is the only thing that a path can reach', async () => {
    let path = '';
    api = (request, response) => {
      path = request.url ?? '';
      response.end();
    };
    await raw('/../../../_ministack/reset');
    expect(path).toBe('/_aws/execute-api/abcd1234/$default/_ministack/reset');
    await raw('/a/%2e%2e/%2e%2e/_ministack/health');
    expect(path).toBe('/_aws/execute-api/abcd1234/$default/_ministack/health');
    await raw('//evil.example/x');
    expect(path).toBe('/_aws/execute-api/abcd1234/$default//evil.example/x');
  });

  it('is not reachable for a page that points its own name here', async () => {
    expect(await raw('/health', { host: 'evil.example' })).toBe(421);
    expect(await raw('/health', { host: `localhost:${front.port}` })).toBe(200);
  });

  it('that does not answer in time is a 504 in its own error shape', async () => {
    const proxy = createApiProxy({ endpoint: endpoint(), apiId: 'abcd1234', deadlineMs: 50 });
    const slow = createServer((request, response) => {
      const target = requestTarget(request);
      if (target) proxy.handle(request, response, target);
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    api = () => {};
    const response = await fetch(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/health`);

    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(Object.fromEntries(response.headers)).toMatchObject(apiSecurityHeaders);
    expect(await response.json()).toMatchObject({ status: 504, code: 'storage_unavailable' });
    proxy.close();
    slow.closeAllConnections();
    slow.close();
  });

  it('serves 64 clients at once', async () => {
    api = (_request, response) => {
      setTimeout(() => response.end('ok'), 20);
    };
    const answers = await Promise.all(Array.from({ length: 64 }, async () => (await get('/health')).text()));

    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(64);
  });
});

it('knows loopback names only', () => {
  expect(['localhost:4000', '127.0.0.1', '[::1]:4000', 'LOCALHOST'].every(isLocalHost)).toBe(true);
  expect(['localhost.evil.example', '127.0.0.1.nip.io:4000', '', undefined].some(isLocalHost)).toBe(false);
});
