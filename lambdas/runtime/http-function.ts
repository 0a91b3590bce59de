import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type RouteName, routes } from '../contract/routes.ts';
import { errors, SluiceError } from '../core/errors.ts';
import { type HttpEvent, type HttpRequest, httpRequest } from './http-request.ts';
import { type HttpResponse, problemResponse } from './http-response.ts';
import type { Observer } from './observe.ts';
import { publishMetrics } from './publish-metrics.ts';

export type RouteHandler = (request: HttpRequest) => Promise<HttpResponse>;
export type HttpHandler = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** One Lambda function for several routes of the contract's table; an unknown route is a 404 of ours. */
export function httpFunction(
  observer: Observer,
  handlers: Partial<Record<RouteName, RouteHandler>>,
): HttpHandler {
  const table = Object.entries(handlers).map(([name, handler]) => {
    const { method, path } = routes[name as RouteName];
    return { method, path, handler: (event: HttpEvent) => handler(httpRequest(event, name as RouteName)) };
  });
  const router = httpRouter({
    routes: table as never,
    notFoundResponse: ({ method, path }) => {
      throw new SluiceError('not_found', `There is no ${method} ${path} in this API.`);
    },
  });
  return middy()
    .use(injectLambdaContext(observer.logger, { clearState: true }))
    .use(publishMetrics(observer.metrics))
    .use({ onError: (request) => answerError(observer, request as unknown as FailedRequest) })
    .handler(router as never) as unknown as HttpHandler;
}

interface FailedRequest {
  event: HttpEvent;
  error: unknown;
  response: HttpResponse;
}

type SdkError = Parameters<typeof isTransientError>[0];

function knownError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  return isOutage(error as SdkError) ? errors.storageUnavailable(error) : errors.internal(error);
}

/** A service of AWS that was too slow, too busy or not there, after the retries of its client. */
const isOutage = (error: SdkError): boolean =>
  isTransientError(error) || isThrottlingError(error) || isServerError(error);

function answerError({ logger }: Observer, request: FailedRequest): void {
  const { error, event } = request;
  const known = knownError(error);
  const facts = { route: event.routeKey, code: known.code };
  if (known.status >= 500) logger.error('request failed', { ...facts, error: error as Error });
  else logger.info('request refused', facts);
  request.response = problemResponse(known, event.requestContext.requestId);
}
