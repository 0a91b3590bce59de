import { Duration } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { apiSecurityHeaders } from '../../lambdas/contract/api-headers.ts';

const hstsMaxAge = Duration.days(365);

export interface ConsoleConnections {
  /** Origins that the console uploads to, and shows pictures from: the buckets. */
  readonly objects: readonly string[];
  /** Origins that it signs in at. */
  readonly signIn: readonly string[];
}

/** What the console may load and talk to: itself, the buckets and the issuer. */
export const contentSecurityPolicy = ({ objects, signIn }: ConsoleConnections): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data: ${objects.join(' ')}`,
    `media-src 'self' blob: data: ${objects.join(' ')}`,
    `connect-src 'self' ${[...objects, ...signIn].join(' ')}`,
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');

/** The headers of the console's pages. */
export class SecurityHeaders extends Construct {
  readonly policy: ResponseHeadersPolicy;

  constructor(scope: Construct, id: string, connections: ConsoleConnections) {
    super(scope, id);
    this.policy = new ResponseHeadersPolicy(this, 'Policy', {
      comment: 'Sluice console',
      securityHeadersBehavior: {
        ...everyAnswer,
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(connections), override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          {
            header: 'permissions-policy',
            value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
            override: true,
          },
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
        ],
      },
    });
  }
}

/** The headers of the API's answers: the functions send most themselves, API Gateway's own refusals get them here. */
export class ApiSecurityHeaders extends Construct {
  readonly policy: ResponseHeadersPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new ResponseHeadersPolicy(this, 'Policy', {
      comment: 'Sluice API',
      securityHeadersBehavior: {
        ...everyAnswer,
        contentSecurityPolicy: {
          contentSecurityPolicy: apiSecurityHeaders['content-security-policy'],
          override: false,
        },
      },
    });
  }
}

const everyAnswer: ResponseSecurityHeadersBehavior = {
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
  strictTransportSecurity: {
    accessControlMaxAge: hstsMaxAge,
    includeSubdomains: false,
    override: true,
  },
};
