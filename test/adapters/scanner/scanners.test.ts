import { describe, expect, it } from 'vitest';
import { createScanner, scannerNames } from '../../../lambdas/adapters/scanner/scanners.ts';

const version = { tenantId: 'acme', fileId: 'F1', uploadId: 'U1', versionId: 'V1' };

describe('a scanner', () => {
  it('never says clean without having looked, but the one that only the local stage may choose', async () => {
    const clean = [];
    for (const name of scannerNames) {
      if ((await createScanner(name).scan(version)).verdict === 'clean') clean.push(name);
    }
    expect(clean).toEqual(['local-none']);
  });
});
