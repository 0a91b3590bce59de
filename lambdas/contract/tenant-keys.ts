/** The KMS keys that belong to one tenant each: their names, shared by who makes them and who may use them. */

/** What the aliases of a stage's tenant keys begin with. */
export const tenantKeyAliasPrefix = (stage: string): string => `alias/sluice-${stage}-tenant-`;

export const tenantKeyAlias = (stage: string, tenantId: string): string =>
  `${tenantKeyAliasPrefix(stage)}${tenantId}`;

/** Given with the key itself, so that IAM knows from the first moment whose it is; a later change takes KMS minutes. */
export const tenantKeyTags = { tenant: 'TenantId', stage: 'Stage' } as const;

/** How long KMS waits before it destroys a key, and a mistake can be undone. The longest that KMS offers. */
export const tenantKeyDeletionDays = 30;

/** What the policy of every tenant key of a stage is made of. Each is ARN or name of this account and region. */
export interface TenantKeyScope {
  /** The account's root: administers. */
  readonly account: string;
  /** Pattern of the stage's roles: they use. */
  readonly roles: string;
  /** S3 of this region: nothing but S3 uses a key, on behalf of a role. */
  readonly viaService: string;
  /** Intake, library and derived bucket. */
  readonly buckets: readonly string[];
}
