import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireClamav, scannerFrom, scannerNotice } from '../../local/scanner.ts';

describe('the scanner of a local run', () => {
  let bin: string;
  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'scanner-test-'));
    await writeFile(join(bin, 'clamscan'), '');
    await chmod(join(bin, 'clamscan'), 0o755);
  });
  afterAll(() => rm(bin, { recursive: true, force: true }));

  it('is the matcher of test files unless SLUICE_SCANNER says clamav; nothing else runs here', () => {
    expect([scannerFrom(undefined), scannerFrom(''), scannerFrom('clamav')]).toEqual([
      'local-signatures',
      'local-signatures',
      'clamav',
    ]);
    expect(() => scannerFrom('guardduty')).toThrow(/use local-signatures or clamav/);
  });

  it('names what is missing of ClamAV and how to install it', async () => {
    await expect(requireClamav({ PATH: bin })).rejects.toThrow(
      /freshclam cannot be found: install it \(Debian and Ubuntu: apt install clamav.*brew install clamav/,
    );
    await writeFile(join(bin, 'freshclam'), '');
    await chmod(join(bin, 'freshclam'), 0o755);
    await requireClamav({ PATH: ['/nowhere', bin].join(':') });
  });

  it('is told loudly where it is none', () => {
    expect(scannerNotice('local-signatures').join('\n')).toMatch(/NO MALWARE SCANNER/);
    expect(scannerNotice('clamav')).toEqual([]);
  });
});
