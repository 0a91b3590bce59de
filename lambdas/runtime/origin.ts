import { countryHeader, edgeSecretHeader } from '../contract/env.ts';
import type { Origin } from '../core/tenancy/actor.ts';
import type { HttpRequest } from './http-request.ts';

const countryCode = /^[A-Z]{2}$/;

/**
 * Where a request came from. The forwarded address and the country are believed only from the edge, which proves
 * itself by its secret; without one (`edgeSecret` undefined) the connection's own address counts and no country is known.
 */
export function originOf(
  request: HttpRequest,
  edgeSecret: string | undefined,
): Origin & { readonly address: string } {
  const { requestId } = request;
  const { sourceIp } = request.event.requestContext.http;
  if (edgeSecret === undefined || request.header(edgeSecretHeader) !== edgeSecret) {
    return { address: sourceIp, requestId };
  }
  const forwarded = request.header('x-forwarded-for')?.split(',')[0]?.trim();
  const country = request.header(countryHeader)?.toUpperCase();
  return {
    address: forwarded || sourceIp,
    ...(country && countryCode.test(country) && { country }),
    requestId,
  };
}
