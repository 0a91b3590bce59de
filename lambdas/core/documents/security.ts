import type { Finding } from '../content/structure/structure.ts';

/** What a document's owner allows whoever opens it without the owner's password. */
export type DocumentPermission =
  | 'print'
  | 'print_high_quality'
  | 'modify'
  | 'copy'
  | 'annotate'
  | 'fill_forms'
  | 'extract_for_accessibility'
  | 'assemble';

/** What a person should know of a document before opening it. Absent fields: nobody looked, or nothing to tell. */
export interface SecurityReport {
  /** Its bytes are encrypted, with or without a password to open it. */
  readonly encrypted: boolean;
  /** It opens with a password only, so nothing else could be looked at. */
  readonly passwordRequired?: true;
  /** Only of encrypted documents: what is allowed without the owner's password. */
  readonly permissions?: readonly DocumentPermission[];
  readonly javascript: boolean;
  readonly launchActions: boolean;
  readonly embeddedFiles: boolean;
  readonly externalReferences: boolean;
  readonly macros: boolean;
  /** Fields that can be filled in. */
  readonly forms?: boolean;
  /** Digital signatures that it carries; whether they hold is not looked at. */
  readonly signatures?: number;
}

/** What a reader saw, with what the inspection found: either's yes is a yes. */
export function securityReport(
  seen: Partial<SecurityReport> | undefined,
  findings: readonly Finding[] = [],
): SecurityReport {
  const either = (own: boolean | undefined, finding: Finding): boolean =>
    (own ?? false) || findings.includes(finding);
  return {
    ...seen,
    encrypted: either(seen?.encrypted, 'encrypted'),
    javascript: either(seen?.javascript, 'javascript'),
    launchActions: either(seen?.launchActions, 'launch_action'),
    embeddedFiles: either(seen?.embeddedFiles, 'embedded_files'),
    externalReferences: either(seen?.externalReferences, 'external_references'),
    macros: either(seen?.macros, 'macros'),
  };
}
