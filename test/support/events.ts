import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { type RouteName, routes } from '../../lambdas/contract/routes.ts';
import type { HttpEvent } from '../../lambdas/runtime/http-request.ts';

/** What Lambda hands to a function. One fake context and a factory for each kind of event. */
export const lambdaContext = (over: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:test',
  memoryLimitInMB: '128',
  awsRequestId: 'lambda-request',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
  ...over,
});

export interface HttpCall {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** Sent as it is when it is text, else as JSON. */
  readonly body?: unknown;
  /** Of the access token; null: a route without one. */
  readonly claims?: Record<string, unknown> | null;
  readonly method?: string;
  readonly rawPath?: string;
}

const aliceClaims = { sub: 'alice', tenant: 'acme', token_use: 'access' };

/** A call of a route of the contract, as the HTTP API passes it on (payload format 2.0). */
export function httpEvent(name: RouteName, call: HttpCall = {}): HttpEvent {
  const { method, path } = routes[name];
  const rawPath = call.rawPath ?? path.replace(/\{(\w+)\}/g, (_, parameter) => call.path?.[parameter] ?? 'X');
  const claims = call.claims === undefined ? aliceClaims : call.claims;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath,
    rawQueryString: '',
    headers: call.headers ?? {},
    ...(call.query && { queryStringParameters: call.query }),
    ...(call.path && { pathParameters: call.path }),
    ...(call.body !== undefined && {
      body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
    }),
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.test',
      domainPrefix: 'api',
      http: {
        method: call.method ?? method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'test',
      },
      requestId: 'request-1',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '20/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_176_000_000,
      ...(claims && { authorizer: { jwt: { claims } } }),
    },
  } as HttpEvent;
}

export const sqsRecord = (
  body: unknown,
  over: {
    messageId?: string;
    receives?: number;
    queue?: string;
    group?: string;
    carried?: Readonly<Record<string, number>>;
  } = {},
): SQSRecord => ({
  messageId: over.messageId ?? 'message-1',
  receiptHandle: `receipt-${over.messageId ?? 'message-1'}`,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: String(over.receives ?? 1),
    SentTimestamp: '0',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '0',
    ...(over.group && { MessageGroupId: over.group }),
  },
  messageAttributes: Object.fromEntries(
    Object.entries(over.carried ?? {}).map(([name, value]) => [
      name,
      { dataType: 'Number', stringValue: String(value) },
    ]),
  ),
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${over.queue ?? 'queue'}`,
  awsRegion: 'eu-west-1',
});

export const sqsEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });

/** S3's notification of one landed object; `key` as S3 writes it, encoded. */
export const s3Event = (key: string, over: { versionId?: string | undefined; eventName?: string } = {}) => ({
  eventName: over.eventName ?? 'ObjectCreated:Put',
  s3: {
    bucket: { name: 'intake' },
    object: {
      key,
      size: 10,
      ...('versionId' in over ? over.versionId && { versionId: over.versionId } : { versionId: 'V1' }),
    },
  },
});
