import { describe, expect, it } from 'vitest';
import { httpRequest } from '../../lambdas/runtime/http-request.ts';
import { networkOf, originOf } from '../../lambdas/runtime/origin.ts';
import { httpEvent } from '../support/events.ts';

describe('where a call came from', () => {
  const claimed = { 'x-forwarded-for': '198.51.100.7, 203.0.113.1', 'cloudfront-viewer-country': 'de' };
  const origin = (headers: Record<string, string>, secret: string | undefined = 'secret') =>
    originOf(httpRequest(httpEvent('health', { headers }), 'health'), secret);

  it('is what the edge says, which proves itself', () => {
    expect(origin({ ...claimed, 'x-sluice-edge-secret': 'secret' })).toEqual({
      address: '198.51.100.7',
      country: 'DE',
      requestId: 'request-1',
    });
  });

  it('is the connection where nobody proves anything', () => {
    const connection = { address: '192.0.2.1', requestId: 'request-1' };
    expect(origin(claimed)).toEqual(connection);
    expect(origin({ ...claimed, 'x-sluice-edge-secret': 'guess' })).toEqual(connection);
  });

  it('has no country where the edge does not know it', () => {
    const edge = { 'x-sluice-edge-secret': 'secret' };
    expect(origin({ ...edge, 'cloudfront-viewer-country': 'unknown' }).country).toBeUndefined();
  });
});

describe('the network that calls are counted by', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
