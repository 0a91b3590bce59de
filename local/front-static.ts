import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { sendProblem } from './problem.ts';

export const consolePath = '/app/';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Vite puts a hash of the content into the name of what lies here. */
const hashedFolder = 'assets/';

/** The console's headers, as the edge sets them on AWS. `s3Origin`: where presigned URLs lead. */
export function securityHeaders(s3Origin: string): Record<string, string> {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data: ${s3Origin}`,
    `media-src 'self' blob: data: ${s3Origin}`,
    `connect-src 'self' ${s3Origin}`,
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cross-origin-opener-policy': 'same-origin',
  };
}

interface StaticFile {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
}

export type StaticFiles = ReadonlyMap<string, StaticFile>;

function staticFile(name: string, body: Buffer): StaticFile {
  return {
    body,
    contentType: contentTypes[extname(name).toLowerCase()] ?? 'application/octet-stream',
    cacheControl: name.startsWith(hashedFolder) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
  };
}

/** The built console, in memory: there is no path on disk that a request could reach. `config` becomes config.json. */
export async function loadConsole(dir: string, config: unknown): Promise<StaticFiles> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const name = relative(dir, path).split(sep).join('/');
        return [name, staticFile(name, await readFile(path))] as const;
      }),
  );
  const configFile = staticFile('config.json', Buffer.from(JSON.stringify(config)));
  return new Map([...files, ['config.json', configFile] as const]);
}

/** The file for a path below /app/; paths without an extension are the console's own routes and get its page. */
export function findFile(files: StaticFiles, pathname: string): StaticFile | undefined {
  const name = decoded(pathname.slice(consolePath.length));
  if (name === undefined) return undefined;
  const exact = files.get(name);
  if (exact) return exact;
  return extname(name) === '' ? files.get('index.html') : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function serveStatic(
  request: IncomingMessage,
  response: ServerResponse,
  file: StaticFile | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendProblem(response, 405, 'method_not_allowed', 'Method not allowed', 'The console is read with GET.');
    return;
  }
  if (!file) {
    sendProblem(response, 404, 'not_found', 'Not found', 'The console has no such file: reload the page.');
    return;
  }
  const answer = { ...headers, 'cache-control': file.cacheControl, etag: file.etag };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, answer).end();
    return;
  }
  response.writeHead(200, {
    ...answer,
    'content-type': file.contentType,
    'content-length': file.body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}
