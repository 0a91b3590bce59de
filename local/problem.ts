import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { apiSecurityHeaders } from '../lambdas/contract/api-headers.ts';

/** Answers in the API's error shape (RFC 9457) where the front itself has to refuse. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  code: string,
  title: string,
  detail: string,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const requestId = randomUUID();
  const body = { type: 'about:blank', title, status, code, detail, message: detail, requestId };
  response
    .writeHead(status, {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...apiSecurityHeaders,
    })
    .end(JSON.stringify(body));
}
