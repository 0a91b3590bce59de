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
  ResourceServerScope,
  StringAttribute,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
  UserPoolOperation,
  UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { resourceServer, scopeDescriptions } from '../../lambdas/contract/scopes.ts';
import {
  type CognitoAuth,
  cognitoMachineClaim,
  cognitoTenantClaim,
  type EnvironmentConfig,
  stackName,
} from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import { acknowledge } from './nag.ts';
import { type Bindable, ServiceFunction } from './service-function.ts';

/** Where the console lives below its origin; managed login returns there. */
export const consolePath = '/app/';

/** Shown to Cognito as `custom:tenant`. */
const tenantAttribute = 'tenant';
const tenantAttributeLength = { minLen: 1, maxLen: 64 };
const passwordLength = 12;
const temporaryPasswordDays = 3;

/**
 * `manageAccounts`: make and remove sign-ins; `givePasswords`, for stages that take them; `removeAccounts`; `mintTokens`:
 * have tokens made for machines.
 */
export type DirectoryAccess = 'manageAccounts' | 'givePasswords' | 'removeAccounts' | 'mintTokens';

const accessActions: Record<DirectoryAccess, readonly string[]> = {
  manageAccounts: ['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser', 'cognito-idp:AdminDeleteUser'],
  givePasswords: ['cognito-idp:AdminSetUserPassword'],
  removeAccounts: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminDeleteUser'],
  mintTokens: ['cognito-idp:DescribeUserPoolClient'],
};

/**
 * Cognito as the issuer: accounts are made by administrators, the tenant is fixed when an account is made, no
 * client can write it, and the pre-token trigger copies it into the access token.
 */
export class UserDirectory extends Construct implements Bindable<DirectoryAccess> {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /**
   * The one client with client credentials: API Gateway's list of audiences is fixed, so that not every machine can
   * have a client of its own there. POST /auth/token checks the machine and has Cognito make the token by this one.
   */
  readonly machineClient: UserPoolClient;
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
    })
      .env(envNames.tenantClaim, cognitoTenantClaim)
      .env(envNames.machineClaim, cognitoMachineClaim);
    this.pool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      this.preToken.lambda,
      // The first version that machines' tokens come by, too.
      LambdaVersion.V3_0,
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

    this.machineClient = this.addMachineClient(auth);

    if (managedLogin) this.loginUrl = this.addManagedLogin(config);
  }

  bindTo(fn: ServiceFunction, access: readonly DirectoryAccess[]): void {
    fn.env(envNames.userPool, this.pool.userPoolId);
    const actions = new Set(access.flatMap((kind) => accessActions[kind]));
    fn.allow('UserPool', [...actions], [this.pool.userPoolArn]);
    if (!access.includes('mintTokens')) return;
    fn.env(envNames.machineClient, this.machineClient.userPoolClientId);
    if (this.loginUrl) fn.env(envNames.tokenUrl, `${this.loginUrl}/oauth2/token`);
  }

  private addMachineClient(auth: CognitoAuth): UserPoolClient {
    const scopes = Object.entries(scopeDescriptions).map(
      ([scopeName, scopeDescription]) => new ResourceServerScope({ scopeName, scopeDescription }),
    );
    const server = new UserPoolResourceServer(this, 'Api', {
      userPool: this.pool,
      identifier: resourceServer,
      scopes,
    });
    return new UserPoolClient(this, 'Machines', {
      userPool: this.pool,
      generateSecret: true,
      // Named, because Cognito lets a client without a list sign people in by SRP.
      authFlows: { userSrp: false },
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(server, scope)),
      },
      accessTokenValidity: Duration.minutes(auth.accessTokenMinutes),
    });
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
