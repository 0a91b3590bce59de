import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { availableParallelism } from 'node:os';
import { apiSecurityHeaders } from '../lambdas/contract/api-headers.ts';
import { countryHeader, edgeSecretHeader, localEdgeSecret } from '../lambdas/contract/env.ts';
import { LocalFailure } from './failure.ts';
import { sendProblem } from './problem.ts';

/** API Gateway's own integration timeout. */
export const apiDeadlineMs = 30_000;
/** Below the engine's keep-alive, so that no request goes out on a connection that it is about to close. */
const idleConnectionMs = 30_000;
/** Each request inside the engine has a process of its own; more of them than the cores can feed only slow all down. */
const connectionsPerCore = 8;
const fewestConnections = 16;
const maxConnections = (): number => Math.max(fewestConnections, availableParallelism() * connectionsPerCore);

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Only the edge may say these: what a client sends of them is dropped. */
const edgeOnly = /^(x-forwarded-|x-real-ip$|forwarded$|x-sluice-edge-|x-sluice-country$|cloudfront-|via$)/;

/** Headers that may pass: not those of the connection, named or listed in Connection. */
export function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const listed = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !listed.has(name)),
  );
}

/** What API Gateway gets: the client's headers without those that only the edge may set, and the true address. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  address: string,
  country?: string,
): IncomingHttpHeaders {
  const { host: _host, expect: _expect, ...passed } = endToEndHeaders(headers);
  const clean = Object.fromEntries(Object.entries(passed).filter(([name]) => !edgeOnly.test(name)));
  return {
    ...clean,
    'x-forwarded-for': address.replace(/^::ffff:/, ''),
    'x-forwarded-proto': 'http',
    [edgeSecretHeader]: localEdgeSecret,
    ...(country && { [countryHeader]: country }),
  };
}

export interface ApiProxy {
  handle(request: IncomingMessage, response: ServerResponse, target: URL): void;
  close(): void;
}

/** A country from the environment; throws LocalFailure for anything that is none. */
export function countryFrom(value: string): string {
  if (/^[A-Z]{2}$/.test(value)) return value;
  throw new LocalFailure(`SLUICE_COUNTRY must be two capital letters such as DE, not "${value}".`);
}

export interface ApiProxyOptions {
  readonly endpoint: string;
  readonly apiId: string;
  /** Where all clients are, as CloudFront would tell it: two capital letters. Absent: unknown. */
  readonly country?: string;
  readonly deadlineMs?: number;
}

/** Passes requests on to the API in the engine, streaming both ways. */
export function createApiProxy({
  endpoint,
  apiId,
  country,
  deadlineMs = apiDeadlineMs,
}: ApiProxyOptions): ApiProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections(), timeout: idleConnectionMs });
  const { hostname, port } = new URL(endpoint);
  return {
    close: () => agent.destroy(),
    handle(request, response, target) {
      const upstream = httpRequest({
        agent,
        hostname,
        port,
        method: request.method,
        path: `/_aws/execute-api/${apiId}/$default${target.pathname}${target.search}`,
        headers: forwardedHeaders(request.headers, request.socket.remoteAddress ?? '', country),
      });
      const deadline = setTimeout(() => {
        sendProblem(
          response,
          504,
          'storage_unavailable',
          'Gateway timeout',
          'The API did not answer in time: try again.',
        );
        upstream.destroy();
      }, deadlineMs);
      const done = (): void => clearTimeout(deadline);
      upstream.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, {
          ...apiSecurityHeaders,
          ...endToEndHeaders(answer.headers),
        });
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      });
      upstream.once('error', () => {
        done();
        if (response.destroyed || response.writableEnded) return;
        sendProblem(
          response,
          502,
          'storage_unavailable',
          'Bad gateway',
          'The API cannot be reached: look at the terminal of npm start.',
        );
      });
      // Ends with the whole answer, or when the client is gone.
      response.once('close', () => {
        done();
        if (!response.writableFinished) upstream.destroy();
      });
      request.once('error', () => upstream.destroy());
      request.pipe(upstream);
    },
  };
}
