import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoffMs } from '../../client/backoff.ts';
import { HttpClient } from '../../client/http-client.ts';
import { errorFromResponse, parseRetryAfter, toSluiceError } from '../../client/sluice-error.ts';
import { RefreshingTokens } from '../../client/tokens.ts';
import { problem } from './support/fake-server.ts';
import { FakeSluice } from './support/fake-sluice.ts';
import { clientOf, hastyTiming } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

describe('errors', () => {
  it('of the API keep code, detail, request id, fields and Retry-After', async () => {
    const errors = [{ field: 'size', code: 'too_big', detail: 'At most 5' }];
    server.intercept = () => ({
      ...problem(429, 'daily_files_exceeded', { errors }),
      headers: { 'retry-after': '3600' },
    });

    await expect(clientOf(server).api.quota()).rejects.toMatchObject({
      name: 'SluiceError',
      status: 429,
      code: 'daily_files_exceeded',
      detail: 'detail of daily_files_exceeded',
      requestId: 'req-1',
      retryAfterSeconds: 3600,
      errors,
    });
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [413, 'request_too_large'],
    [429, 'rate_limited'],
    [503, 'service_unavailable'],
    [418, 'unexpected_response'],
  ])('of the gateway itself, %i, become %s', async (status, code) => {
    const response = new Response('{"message":"Its own words"}', {
      status,
      headers: { 'apigw-requestid': 'gw' },
    });

    expect(await errorFromResponse(response, 0)).toMatchObject({
      status,
      code,
      detail: 'Its own words',
      requestId: 'gw',
    });
  });

  it('survive an answer that is no JSON at all', async () => {
    const response = new Response('<html>Bad gateway</html>', { status: 502 });

    expect(await errorFromResponse(response, 0)).toMatchObject({ code: 'service_unavailable' });
  });

  it('without any answer are told apart', () => {
    expect(toSluiceError(new TypeError('fetch failed')).code).toBe('network_error');
    expect(toSluiceError(new DOMException('late', 'TimeoutError')).code).toBe('timeout');
    expect(toSluiceError(new DOMException('off', 'AbortError')).code).toBe('cancelled');
  });

  it('read Retry-After as seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('7', now)).toBe(7);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});

describe('retries', () => {
  it('have a limit', async () => {
    server.intercept = () => problem(503, 'storage_unavailable');

    await expect(clientOf(server).api.quota()).rejects.toMatchObject({ code: 'storage_unavailable' });

    expect(server.calls).toHaveLength(4);
  });

  it('are only for calls that may be repeated', async () => {
    server.intercept = () => problem(503, 'storage_unavailable');

    await expect(clientOf(server).api.login('a@b.c', 'x')).rejects.toMatchObject({ status: 503 });

    expect(server.calls).toHaveLength(1);
  });

  it('spread over the whole exponential bound, which ends, and never come before Retry-After', () => {
    const policy = { baseDelayMs: 100, maxDelayMs: 1_000 };
    expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(policy, attempt, 1))).toEqual([
      100, 200, 400, 800, 1_000,
    ]);
    expect(backoffMs(policy, 5, 0)).toBe(0);
    expect(backoffMs(policy, 1, 0, 2)).toBe(2_000);
    expect(backoffMs(policy, 1, 0.5, 2)).toBe(2_050);
  });

  it('wait for Retry-After', async () => {
    const sleep = vi.fn(async () => undefined);
    let refusals = 1;
    server.intercept = () =>
      refusals-- > 0 ? { ...problem(503, 'capacity_exceeded'), headers: { 'retry-after': '2' } } : undefined;

    await clientOf(server, { timing: { ...hastyTiming, random: () => 0, sleep } }).api.quota();

    expect(sleep).toHaveBeenCalledExactlyOnceWith(2_000, undefined);
  });

  it('end with the deadline of each attempt', async () => {
    const never = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    const http = new HttpClient({
      baseUrl: '',
      timing: hastyTiming,
      fetch: never as typeof fetch,
      deadlineMs: 5,
    });

    await expect(http.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('tokens', () => {
  const tokensWith = (
    refresh: () => Promise<{ accessToken: string; expiresAtMs: number }>,
    expiresAtMs: number,
  ) => {
    const onSignedOut = vi.fn();
    const tokens = new RefreshingTokens({
      tokens: { accessToken: 'old', refreshToken: 'r', expiresAtMs },
      refresh,
      timing: { now: () => 1_000_000 },
      onSignedOut,
    });
    return { tokens, onSignedOut };
  };

  it('are renewed before they end, once for all who ask', async () => {
    const refresh = vi.fn(async () => ({ accessToken: 'new', expiresAtMs: 9_000_000 }));
    const { tokens } = tokensWith(refresh, 1_030_000);

    expect(await Promise.all([tokens.accessToken(), tokens.accessToken()])).toEqual(['new', 'new']);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('are renewed once when the server refuses one, and the call is sent again', async () => {
    const refresh = vi.fn(async () => ({ accessToken: 'new', expiresAtMs: 9_000_000 }));
    const { tokens } = tokensWith(refresh, 9_000_000);
    server.intercept = (call) =>
      call.headers.authorization === 'Bearer new'
        ? undefined
        : { status: 401, body: { message: 'Unauthorized' } };

    await clientOf(server, { tokens }).api.quota();

    expect(server.calls.map((call) => call.headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('that cannot be renewed end the session; an unreachable server does not', async () => {
    const offline = tokensWith(() => Promise.reject(new TypeError('fetch failed')), 1_000_000);
    await expect(offline.tokens.accessToken()).rejects.toMatchObject({ code: 'network_error' });
    expect(offline.onSignedOut).not.toHaveBeenCalled();

    const response = new Response('{"code":"unauthenticated","detail":"x"}', { status: 401 });
    const ended = tokensWith(async () => Promise.reject(await errorFromResponse(response, 0)), 1_000_000);
    await expect(ended.tokens.accessToken()).rejects.toMatchObject({ code: 'signed_out' });
    expect(ended.onSignedOut).toHaveBeenCalledTimes(1);
  });
});
