import type { Construct } from 'constructs';
import type { CognitoAuth, EnvironmentConfig } from '../config/index.ts';
import { UserDirectory } from '../constructs/user-directory.ts';
import { SluiceStack } from './base.ts';

/** Users and their tokens, where Cognito is the issuer. With an issuer of your own this stack does not exist. */
export class IdentityStack extends SluiceStack {
  readonly directory: UserDirectory;

  constructor(scope: Construct, config: EnvironmentConfig, auth: CognitoAuth) {
    super(scope, 'identity', config, { description: 'Sluice: users and tokens' });
    this.directory = new UserDirectory(this, 'Directory', { config, auth });

    this.output('UserPoolId', this.directory.pool.userPoolId, 'Cognito user pool');
    this.output(
      'UserPoolClientId',
      this.directory.client.userPoolClientId,
      'Its client for console and scripts',
    );
    if (this.directory.loginUrl) this.output('LoginUrl', this.directory.loginUrl, 'Managed login');
  }
}
