import { Annotations } from 'aws-cdk-lib';
import {
  type BehaviorOptions,
  CachePolicy,
  type IKeyGroup,
  type IResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface Media {
  /** The derived bucket. */
  readonly bucket: IBucket;
  /** By whose keys viewers' cookies are signed. */
  readonly keyGroup: IKeyGroup;
}

/** Videos for holders of signed cookies, from CloudFront's caches: the path is the object's key, a query means nothing. */
export function mediaBehavior(
  scope: Construct,
  { bucket, keyGroup }: Media,
  responseHeadersPolicy: IResponseHeadersPolicy,
): BehaviorOptions {
  // By its name alone: the bucket's own stack says that CloudFront may read it, and cannot name what comes later.
  const known = Bucket.fromBucketAttributes(scope, 'MediaBucket', {
    bucketName: bucket.bucketName,
    bucketRegionalDomainName: bucket.bucketRegionalDomainName,
  });
  Annotations.of(scope).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac');
  return {
    origin: S3BucketOrigin.withOriginAccessControl(known),
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    cachePolicy: CachePolicy.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS,
    // Compressed already.
    compress: false,
    responseHeadersPolicy,
    trustedKeyGroups: [keyGroup],
  };
}
