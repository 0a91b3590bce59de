import { request } from 'node:http';

/** A request as it goes over the wire: nothing in its path is normalized, and no header is added but the Host. */
export interface RawRequest {
  readonly method: string;
  readonly origin: string;
  /** Not decoded, with a leading slash. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const timeoutMs = 30_000;

/** As a presigned URL says it: its own spelling of path and query stays. */
export function rawRequest(url: string, rest: Pick<RawRequest, 'method' | 'headers' | 'body'>): RawRequest {
  const { origin, pathname, search } = new URL(url);
  const query = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('=', 2).map(decodeURIComponent) as [string, string]);
  return { ...rest, origin, path: pathname, query };
}

export const targetOf = ({ path, query }: RawRequest): string =>
  `${path}${query.length > 0 ? '?' : ''}${query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;

export async function sendRaw(raw: RawRequest): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(raw.origin);
    const outgoing = request(
      { hostname, port, method: raw.method, path: targetOf(raw), headers: raw.headers, timeout: timeoutMs },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${raw.method} ${raw.path}`)));
    outgoing.on('error', reject);
    outgoing.end(raw.body);
  });
}
