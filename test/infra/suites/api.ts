import { describe, expect, it } from 'vitest';
import { type Route, routes } from '../../../lambdas/contract/routes.ts';
import { allowedOrigins, stageNames } from '../../../lib/config/index.ts';
import { flat, synthesized } from '../stages.ts';

describe.each(stageNames)('API of %s', (name) => {
  const stage = synthesized(name);
  const found = stage.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
  const expected = (Object.values(routes) as Route[]).filter(
    (route) => route.function !== 'auth' || stage.config.passwordLogin,
  );

  it('has the routes of the contract, and our own answer to all others', () => {
    const keys = found.map(({ RouteKey }) => RouteKey).sort();

    expect(keys).toEqual([...expected.map(({ method, path }) => `${method} ${path}`), '$default'].sort());
  });

  it('asks for a token on every route but those that the contract makes public', () => {
    const open = found
      .filter(({ AuthorizationType }) => AuthorizationType !== 'JWT')
      .map(({ RouteKey }) => RouteKey);
    const byContract = expected
      .filter(({ auth }) => auth === 'none')
      .map(({ method, path }) => `${method} ${path}`);

    expect(open.sort()).toEqual(['$default', ...byContract].sort());
    for (const route of found.filter(({ AuthorizationType }) => AuthorizationType === 'JWT')) {
      expect(route.AuthorizerId).toBeDefined();
    }
  });

  it('sends each route to its function', () => {
    const integrations = stage.ofType('AWS::ApiGatewayV2::Integration');
    for (const route of expected) {
      const target = found.find(({ RouteKey }) => RouteKey === `${route.method} ${route.path}`)?.Target;
      const integration = integrations.find(({ id }) => flat(target) === `integrations/<${id}>`);
      const title = route.function.charAt(0).toUpperCase() + route.function.slice(1);
      expect(flat(integration?.properties.IntegrationUri)).toMatch(new RegExp(`Functions${title}Function`));
      expect(integration?.properties.PayloadFormatVersion).toBe('2.0');
    }
  });

  it('is throttled, and logs each request as JSON without query, headers or path', () => {
    const settings = stage.ofType('AWS::ApiGatewayV2::Stage')[0]?.properties ?? {};
    const { DefaultRouteSettings, AccessLogSettings } = settings;

    expect(DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: stage.config.throttle.requestsPerSecond,
      ThrottlingBurstLimit: stage.config.throttle.burst,
    });
    expect(Object.keys(JSON.parse(AccessLogSettings.Format))).toContain('routeKey');
    expect(AccessLogSettings.Format).not.toMatch(/context\.(path|identity\.userAgent)|authorization/i);
  });

  it('lets browsers of the configured origins call it, and no others', () => {
    const [api] = stage.ofType('AWS::ApiGatewayV2::Api');
    const origins = allowedOrigins(stage.config);

    expect(api?.properties.CorsConfiguration?.AllowOrigins ?? []).toEqual(origins);
  });

  it('believes tokens of this stage alone', () => {
    const [authorizer] = stage.ofType('AWS::ApiGatewayV2::Authorizer');

    expect(flat(authorizer?.properties.JwtConfiguration.Issuer)).toMatch(/^https:\/\/cognito-idp\./);
    // The people's client and the machines' one.
    expect(authorizer?.properties.JwtConfiguration.Audience).toHaveLength(2);
  });
});

it('the API keeps its address over local deployments', () => {
  const [api] = synthesized('local').ofType('AWS::ApiGatewayV2::Api');

  expect(api?.properties.Tags['ms-custom-id']).toMatch(/^[0-9a-f]{8}$/);
});
