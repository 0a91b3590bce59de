import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalFailure } from './failure.ts';
import { createApiProxy } from './front-proxy.ts';
import { consolePath, findFile, type StaticFiles, securityHeaders, serveStatic } from './front-static.ts';
import { sendProblem } from './problem.ts';

/** `localhost` is either of them, depending on who resolves it. */
const loopbackAddresses = ['127.0.0.1', '::1'];
const closeDeadlineMs = 2_000;
const keepAliveMs = 75_000;

export interface FrontOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly endpoint: string;
  readonly apiId: string;
  readonly files: StaticFiles;
  /** The country that the front tells of every client, as CloudFront tells that of each. Absent: unknown. */
  readonly country?: string;
}

export interface Front {
  readonly port: number;
  /** `http://localhost:<port>`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** One origin for console and API, as CloudFront is on AWS. Listens on loopback only. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const proxy = createApiProxy(options);
  const headers = securityHeaders(options.endpoint);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const target = requestTarget(request);
    if (!target || !isLocalHost(request.headers.host)) {
      sendProblem(
        response,
        421,
        'forbidden',
        'Misdirected request',
        'This server answers to localhost only.',
      );
    } else if (target.pathname === '/' || target.pathname === '/app') {
      response.writeHead(302, { location: consolePath, 'content-length': 0 }).end();
    } else if (target.pathname.startsWith(consolePath)) {
      serveStatic(request, response, findFile(options.files, target.pathname), headers);
    } else {
      proxy.handle(request, response, target);
    }
  };
  const servers: Server[] = [];
  let port = options.port;
  for (const address of loopbackAddresses) {
    const server = await listen(handle, port, address);
    if (!server) continue;
    servers.push(server);
    port = (server.address() as AddressInfo).port;
  }
  return {
    port,
    origin: `http://localhost:${port}`,
    async close() {
      await Promise.all(servers.map(closeServer));
      proxy.close();
    },
  };
}

/** The path with dot segments resolved, so that no request leaves the API's prefix; undefined when it is no path. */
export function requestTarget(request: Pick<IncomingMessage, 'url'>): URL | undefined {
  const path = request.url ?? '';
  return path.startsWith('/') ? (URL.parse(`http://front${path}`) ?? undefined) : undefined;
}

/** A page of another site that resolves its name to loopback (DNS rebinding) sends its own name here. */
export function isLocalHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}

export const portInUse = (port: number): LocalFailure =>
  new LocalFailure(
    `Port ${port} is in use: stop the program that listens there, or choose another with PORT=4001 npm start.`,
  );

/** Undefined where the machine has no such address. */
function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
  address: string,
): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: keepAliveMs }, handle);
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(undefined);
      else reject(error.code === 'EADDRINUSE' ? portInUse(port) : error);
    });
    server.listen(port, address, () => resolve(server));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), closeDeadlineMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
