import { describe, expect, it } from 'vitest';
import {
  allowedOrigins,
  ConfigError,
  checked,
  configFor,
  stageNames,
  withConsoleOrigin,
} from '../../../lib/config/index.ts';

describe('configuration', () => {
  it.each(stageNames)('of %s is complete and free of contradictions', (stage) => {
    expect(configFor(stage).stage).toBe(stage);
  });

  it('asks for the stage when it is missing, and names the choices when there is no such stage', () => {
    expect(() => configFor(undefined)).toThrow(/-c stage=<one of local, dev, staging, prod>/);
    expect(() => configFor('qa')).toThrow('There is no stage "qa"; choose one of local, dev, staging, prod');
    expect(() => configFor('toString')).toThrow(ConfigError);
  });

  it.each(['dev', 'staging', 'prod'] as const)('refuses the scanner of test files in %s by name', (stage) => {
    const unscanned = { ...configFor(stage), scanner: 'local-signatures' as const };

    expect(() => checked(unscanned)).toThrow(
      new RegExp(`Stage "${stage}" cannot be deployed: scanner "local-signatures"`),
    );
  });

  it.each(['dev', 'staging', 'prod'] as const)('scans by GuardDuty in %s', (stage) => {
    expect(configFor(stage).scanner).toBe('guardduty');
  });

  it("refuses the local front's well-known secret elsewhere", () => {
    expect(() => checked({ ...configFor('dev'), edge: configFor('local').edge })).toThrow(
      /edge "local-front"/,
    );
  });

  it('refuses password login before another issuer than Cognito', () => {
    const auth = {
      kind: 'oidc' as const,
      issuer: 'https://id.example.com',
      audience: ['sluice'],
      tenantClaim: 'org',
      consoleClientId: 'sluice',
    };

    expect(() => checked({ ...configFor('dev'), auth })).toThrow(/passwordLogin fronts Cognito/);
    expect(checked({ ...configFor('dev'), auth, passwordLogin: false }).auth).toBe(auth);
  });

  it.each(['*', 'https://a.example/app', 'a.example'])('refuses %s as a CORS origin', (origin) => {
    expect(() => checked({ ...configFor('prod'), corsOrigins: [origin] })).toThrow(/corsOrigins/);
  });

  it('counts the console among the origins that may upload', () => {
    const origin = 'https://files.example.com';

    expect(allowedOrigins(withConsoleOrigin(configFor('prod'), origin))).toContain(origin);
    expect(allowedOrigins(withConsoleOrigin(configFor('local'), 'http://localhost:4321'))).toContain(
      'http://localhost:4321',
    );
  });

  it('signs in with passwords only where that is switched on', () => {
    expect(stageNames.filter((stage) => configFor(stage).passwordLogin)).toEqual(['local', 'dev']);
  });

  it('names the limit that does not fit', () => {
    const config = configFor('dev');
    const limits = { ...config.limits, tenant: { ...config.limits.tenant, maxFilesPerDay: -1 } };

    expect(() => checked({ ...config, limits })).toThrow('limits are wrong at tenant.maxFilesPerDay.');
  });
});
