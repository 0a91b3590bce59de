import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import { acknowledgeKeyPrefix, SluiceChecks } from '../../../lib/constructs/nag.ts';
import { synthesized } from '../stages.ts';

describe('cdk-nag', () => {
  it.each(stageNames)('finds nothing in %s that is not accepted with a reason', (stage) => {
    expect(synthesized(stage).findings).toEqual([]);
  });

  const roleWith = (resource: string): { app: App; role: Role } => {
    const app = new App();
    const role = new Role(new Stack(app, 'S'), 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [resource] }));
    acknowledgeKeyPrefix(role, '/tenants/*', 'for the test');
    return { app, role };
  };

  it('accepts an acknowledged key prefix', () => {
    const { app } = roleWith('arn:aws:s3:::bucket/tenants/*');

    expect(new SluiceChecks(app).validateScope(app).violations).toEqual([]);
  });

  it.each(['*', 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::*/tenants/*'])(
    'does not take %s for an acknowledged key prefix',
    (resource) => {
      const { app } = roleWith(resource);

      expect(new SluiceChecks(app).validateScope(app).violations).toHaveLength(1);
    },
  );
});
