import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { apiSecurityHeaders } from '../../../lambdas/contract/api-headers.ts';
import { countryHeader } from '../../../lambdas/contract/env.ts';
import { apiRouter, consoleRouter } from '../../../lib/constructs/console-router.ts';
import { flat, type Json, synthesized } from '../stages.ts';

describe.each(['dev', 'staging', 'prod'] as const)('edge of %s', (name) => {
  const stage = synthesized(name);
  const distribution = stage.ofType('AWS::CloudFront::Distribution')[0]?.properties.DistributionConfig;
  const behaviors: Json[] = distribution.CacheBehaviors;
  const policyOf = (type: string, reference: Json): Json =>
    stage.ofType(type).find(({ id }) => id === reference?.Ref)?.properties;

  it('serves the console below /app/ and the API elsewhere, from one origin', () => {
    expect(behaviors.map(({ PathPattern }) => PathPattern)).toEqual(['/', '/app', '/app/*']);
    const api = distribution.Origins.find(
      ({ Id }: Json) => Id === distribution.DefaultCacheBehavior.TargetOriginId,
    );
    expect(api.CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
    expect(distribution.DefaultCacheBehavior.AllowedMethods).toHaveLength(7);
  });

  it('proves itself to the functions by a secret that no template holds', () => {
    const header = distribution.Origins.flatMap(
      ({ OriginCustomHeaders = [] }: Json) => OriginCustomHeaders,
    )[0];

    expect(header.HeaderName).toBe('x-sluice-edge-secret');
    expect(flat(header.HeaderValue)).toMatch(/^\{\{resolve:secretsmanager:.*\}\}$/);
  });

  it('reads the console bucket by origin access control', () => {
    const s3 = distribution.Origins.find(({ S3OriginConfig }: Json) => S3OriginConfig);

    expect(s3.OriginAccessControlId).toBeDefined();
    expect(stage.ofType('AWS::CloudFront::OriginAccessControl')).toHaveLength(1);
  });

  it('speaks TLS only', () => {
    const policies = [distribution.DefaultCacheBehavior, ...behaviors].map(
      ({ ViewerProtocolPolicy }) => ViewerProtocolPolicy,
    );

    expect(policies).not.toContain('allow-all');
  });

  it("tells the API the viewer's country, and keeps no answer of it", () => {
    const caching = policyOf(
      'AWS::CloudFront::CachePolicy',
      distribution.DefaultCacheBehavior.CachePolicyId,
    ).CachePolicyConfig;

    const { HeadersConfig, QueryStringsConfig } = caching.ParametersInCacheKeyAndForwardedToOrigin;
    // CloudFront's own headers reach an origin only by the cache key where all of the viewer's but Host are passed on.
    expect(HeadersConfig.Headers.map((name: string) => name.toLowerCase())).toEqual([
      'authorization',
      'on-behalf-of',
      'accept',
      countryHeader,
    ]);
    expect(QueryStringsConfig.QueryStringBehavior).toBe('all');
    expect(caching).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 1 });
    const kept = distribution.CustomErrorResponses.map(({ ErrorCode, ErrorCachingMinTTL }: Json) => [
      ErrorCode,
      ErrorCachingMinTTL,
    ]);
    expect(kept).toEqual([400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((status) => [status, 0]));
  });

  it("has API Gateway's own refusals neither sniffed nor run", () => {
    const headers = policyOf(
      'AWS::CloudFront::ResponseHeadersPolicy',
      distribution.DefaultCacheBehavior.ResponseHeadersPolicyId,
    ).ResponseHeadersPolicyConfig.SecurityHeadersConfig;

    expect(headers.ContentTypeOptions).toEqual({ Override: true });
    expect(headers.ContentSecurityPolicy.ContentSecurityPolicy).toBe(
      apiSecurityHeaders['content-security-policy'],
    );
  });

  it('lets the console load and call itself, its buckets and its issuer, and nothing else', () => {
    const headers = policyOf(
      'AWS::CloudFront::ResponseHeadersPolicy',
      behaviors[2]?.ResponseHeadersPolicyId,
    ).ResponseHeadersPolicyConfig;
    const csp = flat(headers.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy);

    expect(csp).toContain("default-src 'self'; script-src 'self'; style-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/unsafe|\*|http:/);
    expect(csp).toMatch(/connect-src 'self' https:\/\/<.*ObjectsIntakeBucket.*cognito-idp/);
  });
});

describe('router of the console', () => {
  const route = (uri: string): Json =>
    runInNewContext(`${consoleRouter}; handler(event)`, { event: { request: { uri } } });

  it.each(['/', '/app'])('leads from %s to the console', (uri) => {
    expect(route(uri)).toMatchObject({ statusCode: 302, headers: { location: { value: '/app/' } } });
  });

  it.each([
    ['/app/', '/app/index.html'],
    ['/app/files/01ABC', '/app/index.html'],
    ['/app/assets/index-1a2b.js', '/app/assets/index-1a2b.js'],
    ['/app/config.json', '/app/config.json'],
  ])('answers %s with %s', (uri, file) => {
    expect(route(uri).uri).toBe(file);
  });
});

describe('router of the API', () => {
  it('replaces the address that a client claims by the one that CloudFront sees', () => {
    const request = { uri: '/health', headers: { 'x-forwarded-for': { value: '1.2.3.4' } } };

    const passed: Json = runInNewContext(`${apiRouter}; handler(event)`, {
      event: { request, viewer: { ip: '203.0.113.9' } },
    });

    expect(passed.headers).toEqual({ 'x-forwarded-for': { value: '203.0.113.9' } });
  });
});

it('local has no edge: the local front does its work', () => {
  expect(synthesized('local').ofType('AWS::CloudFront::Distribution')).toEqual([]);
});
