import { isIPv6 } from 'node:net';
import { countryHeader, edgeSecretHeader } from '../contract/env.ts';
import type { Origin } from '../core/tenancy/actor.ts';
import type { HttpRequest } from './http-request.ts';

const ipv6Groups = 8;
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
  if (!cameByEdge(request, edgeSecret)) return { address: sourceIp, requestId };
  const forwarded = request.header('x-forwarded-for')?.split(',')[0]?.trim();
  const country = request.header(countryHeader)?.toUpperCase();
  return {
    address: forwarded || sourceIp,
    ...(country && countryCode.test(country) && { country }),
    requestId,
  };
}

export const cameByEdge = (request: HttpRequest, edgeSecret: string | undefined): boolean =>
  edgeSecret !== undefined && request.header(edgeSecretHeader) === edgeSecret;

/**
 * What calls are counted by: an IPv4 address, or the /64 that an IPv6 address lies in, since a provider gives one
 * household that many addresses at the least.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const missing = tail === undefined ? 0 : ipv6Groups - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...groups(tail)];
  return `${all
    .slice(0, ipv6Groups / 2)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
