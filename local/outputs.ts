import { z } from 'zod';

/** What the local run reads from the stacks' outputs (cdk deploy --outputs-file), by output name. */
const Outputs = z.object({
  ApiId: z.string(),
  UserPoolId: z.string(),
  UserPoolClientId: z.string(),
  TableName: z.string(),
  IntakeBucket: z.string(),
  LibraryBucket: z.string(),
  DerivedBucket: z.string(),
  SweepFunctionName: z.string(),
  DefinitionsFunctionName: z.string().optional(),
  AuditBucket: z.string(),
  AuditKeyArn: z.string(),
  SealFunctionName: z.string(),
});

export interface StackOutputs {
  readonly apiId: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly tableName: string;
  readonly buckets: { readonly intake: string; readonly library: string; readonly derived: string };
  readonly sweepFunctionName: string;
  readonly definitionsFunctionName: string | undefined;
  readonly audit: { readonly bucket: string; readonly keyId: string; readonly sealFunctionName: string };
  /** URLs by output name without its suffix, as in `Inspect`. */
  readonly queues: Readonly<Record<string, string>>;
  readonly deadLetterQueues: Readonly<Record<string, string>>;
}

const suffixed = (all: Readonly<Record<string, string>>, suffix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.endsWith(suffix))
      .map(([name, value]) => [name.slice(0, -suffix.length), value]),
  );

/** Takes the file's `{stack: {output: value}}`; throws a ZodError that names what is missing. */
export function parseOutputs(file: unknown): StackOutputs {
  const stacks = z.record(z.string(), z.record(z.string(), z.string())).parse(file);
  const all = Object.assign({}, ...Object.values(stacks)) as Record<string, string>;
  const outputs = Outputs.parse(all);
  return {
    apiId: outputs.ApiId,
    userPoolId: outputs.UserPoolId,
    userPoolClientId: outputs.UserPoolClientId,
    tableName: outputs.TableName,
    buckets: { intake: outputs.IntakeBucket, library: outputs.LibraryBucket, derived: outputs.DerivedBucket },
    sweepFunctionName: outputs.SweepFunctionName,
    definitionsFunctionName: outputs.DefinitionsFunctionName,
    audit: {
      bucket: outputs.AuditBucket,
      keyId: outputs.AuditKeyArn,
      sealFunctionName: outputs.SealFunctionName,
    },
    queues: suffixed(all, 'QueueUrl'),
    deadLetterQueues: suffixed(all, 'DlqUrl'),
  };
}
