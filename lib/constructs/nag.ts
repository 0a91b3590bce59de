import { type PolicyValidationPluginReport, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

const prefixMetadata = 'sluice:acknowledged-key-prefix';

/** Accepts one finding of cdk-nag on one construct. `reason` is for the person who reviews the account. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/**
 * Accepts that a policy of this construct names objects by a prefix, such as `/tenants/*`, and nothing wider.
 * cdk-nag's own finding spells the bucket as the template refers to it, which is not known before synthesis.
 */
export function acknowledgeKeyPrefix(construct: IConstruct, suffix: string, reason: string): void {
  construct.node.addMetadata(prefixMetadata, { suffix, reason });
}

/** AwsSolutions with key prefixes as a finding that can be accepted. */
export class SluiceChecks extends AwsSolutionsChecks {
  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    const violations = super
      .validateScope(scope)
      .violations.map((violation) => ({
        ...violation,
        violatingResources: violation.violatingResources.filter(
          ({ constructPath }) => !hasAcceptedPrefix(scope, constructPath ?? '', violation.ruleName),
        ),
      }))
      .filter((violation) => violation.violatingResources.length > 0);
    return { success: violations.length === 0, violations };
  }
}

function hasAcceptedPrefix(root: IConstruct, path: string, rule: string): boolean {
  const resource = /^AwsSolutions-IAM5\[Resource::(.+)\]$/.exec(rule)?.[1];
  if (resource === undefined) return false;
  const construct = root.node.findAll().find((candidate) => candidate.node.path === path);
  return (construct?.node.scopes ?? []).some((scope) =>
    scope.node.metadata.some(
      ({ type, data }) => type === prefixMetadata && isOnlyWildcard(resource, data.suffix as string),
    ),
  );
}

const isOnlyWildcard = (resource: string, suffix: string): boolean =>
  resource.endsWith(suffix) && !resource.slice(0, -suffix.length).includes('*');
