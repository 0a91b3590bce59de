import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  StringAttribute,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { type CognitoAuth, cognitoTenantClaim, type EnvironmentConfig, stackName } from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import { acknowledge } from './nag.ts';
import { ServiceFunction } from './service-function.ts';

/** Where the console lives below its origin; managed login returns there. */
export const consolePath = '/app/';

/** Shown to Cognito as `custom:tenant`. */
const tenantAttribute = 'tenant';
const tenantAttributeLength = { minLen: 1, maxLen: 64 };
const passwordLength = 12;
const temporaryPasswordDays = 3;

/**
 * Cognito as the issuer: accounts are made by administrators, the tenant is fixed when an account is made, no
 * client can write it, and the pre-token trigger copies it into the access token.
 */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly preToken: ServiceFunction;
  /** Where managed login answers; absent on the local engine. */
  readonly loginUrl?: string;

  constructor(scope: Construct, id: string, props: { config: EnvironmentConfig; auth: CognitoAuth }) {
    super(scope, id);
    const { config, auth } = props;
    this.pool = new UserPool(this, 'Pool', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      customAttributes: {
        [tenantAttribute]: new StringAttribute({ ...tenantAttributeLength, mutable: false }),
      },
      passwordPolicy: {
        minLength: passwordLength,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(temporaryPasswordDays),
      },
      mfa: auth.mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: config.stable,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.pool,
      'AwsSolutions-COG2',
      'Whether MFA is required is a field of the configuration (auth.mfa).',
    );
    acknowledge(
      this.pool,
      'AwsSolutions-COG8',
      'Threat protection of the Plus plan is billed per user; logins are throttled per address and email instead.',
    );

    this.preToken = new ServiceFunction(this, 'PreToken', {
      config,
      entry: 'workers/pre-token',
      ...workerProfiles['pre-token'],
    }).env(envNames.tenantClaim, cognitoTenantClaim);
    this.pool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      this.preToken.lambda,
      LambdaVersion.V2_0,
    );

    const returnUrls = [...consoleReturnUrls(config), ...auth.callbackUrls];
    const managedLogin = config.stage !== 'local';
    this.client = new UserPoolClient(this, 'Client', {
      userPool: this.pool,
      generateSecret: false,
      authFlows: { userPassword: config.passwordLogin },
      disableOAuth: returnUrls.length === 0,
      ...(returnUrls.length > 0 && {
        oAuth: {
          flows: { authorizationCodeGrant: true },
          scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
          callbackUrls: returnUrls,
          logoutUrls: returnUrls,
        },
      }),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(auth.accessTokenMinutes),
      idTokenValidity: Duration.minutes(auth.accessTokenMinutes),
      refreshTokenValidity: Duration.days(auth.refreshTokenDays),
      readAttributes: new ClientAttributes()
        .withStandardAttributes({
          email: true,
          emailVerified: true,
          givenName: true,
          familyName: true,
          locale: true,
        })
        .withCustomAttributes(tenantAttribute),
      // Named, because Cognito lets a client without a list write every attribute, the tenant included.
      writeAttributes: new ClientAttributes().withStandardAttributes({
        givenName: true,
        familyName: true,
        locale: true,
      }),
    });

    if (managedLogin) this.loginUrl = this.addManagedLogin(config);
  }

  /** Exactly the `iss` of the pool's tokens, on AWS and on the local engine. */
  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }

  private addManagedLogin(config: EnvironmentConfig): string {
    const domain = new UserPoolDomain(this, 'Domain', {
      userPool: this.pool,
      // Prefixes are shared by all accounts of a region.
      cognitoDomain: { domainPrefix: `${stackName(config, Aws.ACCOUNT_ID)}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const branding = new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    branding.node.addDependency(domain);
    return domain.baseUrl();
  }
}

const consoleReturnUrls = (config: EnvironmentConfig): string[] =>
  config.edge.kind === 'cloudfront' && config.edge.origin ? [`${config.edge.origin}${consolePath}`] : [];
