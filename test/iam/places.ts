import { localAccount, localRegion } from '../../local/aws-env.ts';
import type { Resource } from '../infra/stages.ts';
import type { Deployed } from './record.ts';

/** The ARN of what CloudFormation calls so; types that no role of Sluice is granted anything on have none here. */
const arns: Readonly<Record<string, (physicalId: string) => string>> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::DynamoDB::GlobalTable': (name) => regional('dynamodb', `table/${name}`),
  'AWS::SQS::Queue': (url) => regional('sqs', url.slice(url.lastIndexOf('/') + 1)),
  'AWS::SNS::Topic': (arn) => arn,
  'AWS::Events::EventBus': (name) => regional('events', `event-bus/${name}`),
  'AWS::KMS::Key': (id) => regional('kms', `key/${id}`),
  'AWS::Cognito::UserPool': (id) => regional('cognito-idp', `userpool/${id}`),
  'AWS::Logs::LogGroup': (name) => regional('logs', `log-group:${name}`),
  'AWS::IAM::Role': (name) => `arn:aws:iam::${localAccount}:role/${name}`,
  'AWS::StepFunctions::StateMachine': (arn) => arn,
  'AWS::Lambda::Function': (name) => regional('lambda', `function:${name}`),
};

const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:${localRegion}:${localAccount}:${resource}`;

/** What a construct calls its one resource; the construct's own name tells more. */
const generic = new Set(['Resource', 'Bucket', 'Queue', 'Role', 'Table', 'Key', 'Topic']);

/** Names the resource of an ARN, or of a pattern, as its construct does: `Intake`, `Metadata/index/byOwner`. */
export type NamePlace = (arn: string) => string;

export function placesOf(deployed: Deployed, resources: readonly Resource[]): NamePlace {
  const paths = new Map(resources.map(({ stack, id, path }) => [`${stack} ${id}`, path]));
  const known = deployed.resources.flatMap(({ stack, id, type, physicalId }) => {
    const path = paths.get(`${stack} ${id}`);
    const arn = arns[type]?.(physicalId);
    return path && arn ? [{ arn, name: constructName(path) }] : [];
  });
  return (arn) => {
    const found = known.find(
      (each) => arn === each.arn || arn.startsWith(`${each.arn}/`) || arn === `${each.arn}:*`,
    );
    if (!found) return arn.split(':').at(-1) ?? arn;
    // Objects of a bucket, and the bucket: the action tells which.
    if (arn.startsWith('arn:aws:s3:::')) return found.name + folderOf(arn);
    return found.name + arn.slice(found.arn.length).replace(/^(\/stream)\/.*|^:\*$/, '$1');
  };
}

/** Of objects below a folder of every tenant: `/search`. */
const folderOf = (arn: string): string => {
  const folder = /\/tenants\/\*\/(.+?)\/\*/.exec(arn)?.[1];
  return folder ? `/${folder}` : '';
};

const constructName = (path: string): string => {
  const parts = path.split('/');
  while (parts.length > 1 && generic.has(parts.at(-1) ?? '')) parts.pop();
  return parts.at(-1) ?? path;
};

/** The function of a role, as in `Uploads`, or a role that it assumes, as in `Uploads/UploadSigner`. */
export const functionName = (rolePath: string): string => {
  const parts = rolePath
    .replace(/(\/Role)?\/Resource$/, '')
    .split('/')
    .slice(1);
  return parts.slice(parts.length > 1 ? 1 : 0).join('/');
};
