import type { Construct } from 'constructs';
import type { CloudFrontEdge, EnvironmentConfig } from '../config/index.ts';
import { ConsoleSite } from '../constructs/console-site.ts';
import { consolePath } from '../constructs/user-directory.ts';
import type { ApiStack } from './api-stack.ts';
import { SluiceStack } from './base.ts';
import type { IdentityStack } from './identity-stack.ts';
import type { StorageStack } from './storage-stack.ts';

const scopes = ['openid', 'email', 'profile'];

export interface EdgeStackProps {
  readonly edge: CloudFrontEdge;
  readonly storage: StorageStack;
  readonly api: ApiStack;
  readonly identity: IdentityStack | undefined;
}

/** CloudFront before console and API. A stack of its own, because locally the front does its work. */
export class EdgeStack extends SluiceStack {
  constructor(scope: Construct, config: EnvironmentConfig, { edge, storage, api, identity }: EdgeStackProps) {
    super(scope, 'edge', config, { description: 'Sluice: console and CloudFront' });
    const { intake, library, derived } = storage.storage;
    const signIn = signInOf(config, identity);
    const media = api.mediaCookies && { bucket: derived.bucket, keyGroup: api.mediaCookies.keyGroup };
    const site = new ConsoleSite(this, 'Site', {
      config,
      edge,
      apiEndpoint: api.service.api.apiEndpoint,
      edgeSecret: api.edgeSecret.value,
      ...(media && { media }),
      connections: {
        objects: [intake, library, derived].map(({ bucket }) => `https://${bucket.bucketRegionalDomainName}`),
        signIn: signIn.origins,
      },
      consoleConfig: {
        auth: {
          mode: 'oidc',
          authority: signIn.authority,
          clientId: signIn.clientId,
          scopes,
          redirectPath: consolePath,
        },
      },
    });

    this.output(
      'ConsoleUrl',
      edge.origin ?? `https://${site.distribution.distributionDomainName}`,
      'Where people go',
    );
    this.output(
      'DistributionDomainName',
      site.distribution.distributionDomainName,
      'Target of your DNS record',
    );
    this.output('DistributionId', site.distribution.distributionId, 'For invalidations');
  }
}

function signInOf(config: EnvironmentConfig, identity: IdentityStack | undefined) {
  if (config.auth.kind === 'oidc') {
    const { issuer, consoleClientId, endpointOrigins = [] } = config.auth;
    return {
      authority: issuer,
      clientId: consoleClientId,
      origins: [new URL(issuer).origin, ...endpointOrigins],
    };
  }
  if (!identity) throw new Error('Cognito is the issuer, but there is no identity stack.');
  const { issuer, client, loginUrl } = identity.directory;
  const discovery = issuer.slice(0, issuer.lastIndexOf('/'));
  return {
    authority: issuer,
    clientId: client.userPoolClientId,
    origins: [discovery, ...(loginUrl ? [loginUrl] : [])],
  };
}
