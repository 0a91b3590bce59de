import { describe, expect, it } from 'vitest';
import { inspect } from '../../../lambdas/core/intake/inspect.ts';
import { recordScan } from '../../../lambdas/core/intake/record-scan.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();

/** One upload whose bytes have landed and went as far as they go. */
async function landed(prepare: (world: World) => void): Promise<World> {
  const world = new World();
  prepare(world);
  const upload = await initiateUpload(world.uploads, alice, {
    path: '/',
    filename: 'a.bin',
    mimeType: 'application/octet-stream',
    size: 10,
  });
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(10).fill(7));
  await world.deliver();
  return world;
}

const fileOf = (world: World) => {
  const [file] = [...world.table.files.values()];
  if (!file?.intakeVersionId) throw new Error('nothing was claimed');
  return { ...file, versionId: file.intakeVersionId };
};

describe('a scan that ends later', () => {
  it('promotes nothing before its result, and goes on with it', async () => {
    const world = await landed((made) => {
      made.around = async (call, run) => (call === 'scanner.scan' ? { verdict: 'requested' } : run());
      made.scan = 'requested';
    });
    expect(fileOf(world).status).toBe('inspecting');
    expect(world.s3.promotions).toBe(0);

    await recordScan(world.inspecting, fileOf(world), { verdict: 'clean', engine: 'late', sha256: 'S' });
    await world.deliver();

    expect(fileOf(world)).toMatchObject({
      status: 'ready',
      scan: { engine: 'late' },
      checksums: { SHA256: 'S' },
    });
  });

  it('is believed when it comes before the bytes were claimed', async () => {
    const world = new World();
    world.scan = 'unavailable';
    const upload = await initiateUpload(world.uploads, alice, {
      path: '/',
      filename: 'a.bin',
      mimeType: 'application/octet-stream',
      size: 1,
    });
    const ref = { tenantId: 'acme', ...upload };
    world.s3.put(ref, new Uint8Array(1));
    const [version] = await world.s3.intake.landedVersions(ref);
    const infected = { verdict: 'infected', engine: 'early', threat: 'EICAR' } as const;
    await recordScan(world.inspecting, { ...ref, versionId: version?.versionId ?? '' }, infected);
    await world.deliver();
    expect(fileOf(world)).toMatchObject({ status: 'rejected', reason: 'malware_found' });
  });

  it('that comes to nothing holds the file, and the sweep asks again until there is a result', async () => {
    const world = await landed((made) => {
      made.scan = 'requested';
      made.verdict = 'unavailable';
    });
    expect(fileOf(world)).toMatchObject({ status: 'held', hold: { why: 'scanner', tries: 1 } });
    for (let round = 2; round <= 4; round += 1) {
      world.pass(3_600);
      await world.sweep();
      await world.deliver();
      expect(fileOf(world)).toMatchObject({ status: 'held', hold: { tries: round } });
    }
    world.verdict = 'clean';
    world.pass(3_600);
    await world.sweep();
    await world.deliver();
    expect(fileOf(world).status).toBe('ready');
    expect(fileOf(world).hold).toBeUndefined();
  });

  it('of a copy that takes several runs is not asked for again', async () => {
    let scans = 0;
    const world = await landed((made) => {
      made.s3.runsPerCopy = 4;
      made.around = (call, run) => {
        if (call === 'scanner.scan') scans += 1;
        return run();
      };
    });
    expect(fileOf(world).status).toBe('ready');
    expect(scans).toBe(1);
    expect(world.s3.copies.size).toBe(0);
  });
});

describe('a file that waits for the scanner', () => {
  it('is not asked about while the breaker is open', async () => {
    let scans = 0;
    const world = await landed((made) => {
      made.around = async (call, run) => {
        if (call === 'breaker.mayScan') return false;
        if (call === 'scanner.scan') scans += 1;
        return run();
      };
    });
    expect(fileOf(world).status).toBe('held');
    expect(scans).toBe(0);
  });

  it('ends as unscannable after 14 days, with its bytes deleted and its quota given back', async () => {
    const world = await landed((made) => {
      made.scan = 'unavailable';
    });
    world.pass(14 * 86_400);
    await world.sweep();
    expect(fileOf(world)).toMatchObject({ status: 'rejected', reason: 'unscannable' });
    expect(world.s3.objects).toBe(0);
    expect(world.table.counter('acme').committedBytes).toBe(0);
  });

  it('counts its 14 days from the first time it was held', async () => {
    const world = await landed((made) => {
      made.scan = 'unavailable';
    });
    const { since } = fileOf(world).hold ?? {};
    world.pass(86_400);
    await world.sweep();
    await world.deliver();
    expect(fileOf(world).hold?.since).toBe(since);
  });
});

describe('what no scanner can judge', () => {
  it('is refused, or held without asking again, as the tenant says', async () => {
    const refused = await landed((made) => {
      made.scan = 'unscannable';
    });
    expect(fileOf(refused)).toMatchObject({ status: 'rejected', reason: 'unscannable' });

    const held = await landed((made) => {
      made.scan = 'unscannable';
      made.policy = { ...made.policy, unscannable: 'hold' };
    });
    expect(fileOf(held)).toMatchObject({ status: 'held', hold: { why: 'unscannable' } });
    held.scan = 'clean';
    held.pass(86_400);
    await held.sweep();
    await held.deliver();
    expect(fileOf(held).status).toBe('held');
  });

  it('is what is larger than the scanner takes, without asking it', async () => {
    const world = await landed(() => undefined);
    const { scanVersion } = await import('../../../lambdas/core/intake/scan-version.ts');
    const scanner = { ...world.inspecting.scanner, maxBytes: 9 };
    const target = { ...fileOf(world), bucket: 'intake' as const, size: 10 };
    expect(await scanVersion({ ...world.inspecting, scanner }, target, 0)).toMatchObject({
      verdict: 'unscannable',
      detail: expect.stringContaining('9 bytes'),
    });
  });
});

it('is not asked of the scanner where the policy asks for no scan', async () => {
  const world = await landed((made) => {
    made.scan = 'unavailable';
    made.policy = { ...made.policy, virusScanningRequired: false };
  });
  expect(fileOf(world)).toMatchObject({ status: 'ready', scan: { engine: 'none' } });
});

describe('malware that is found late', () => {
  const infected = { verdict: 'infected', engine: 'late', threat: 'EICAR' } as const;

  it('while what has passed is being copied ends the file, and nothing of the copy stays', async () => {
    const world = await landed((made) => {
      made.s3.runsPerCopy = 4;
      made.around = async (call, run) => {
        const done = await run();
        if (call === 'library.promote') await recordScan(made.inspecting, fileOf(made), infected);
        return done;
      };
    });
    expect(fileOf(world)).toMatchObject({ status: 'rejected', reason: 'malware_found' });
    expect(fileOf(world).scan).toBeUndefined();
    expect([world.s3.copies.size, world.s3.library.size, world.s3.objects]).toEqual([0, 0, 0]);
    expect(world.table.counter('acme').committedBytes).toBe(0);
  });

  it('counts before and after the promotion where the policy asks for no scan', async () => {
    const unscanned = (made: World) => {
      made.policy = { ...made.policy, virusScanningRequired: false };
    };
    const after = await landed(unscanned);
    expect(fileOf(after).status).toBe('ready');
    await recordScan(after.inspecting, fileOf(after), infected);
    await after.deliver();
    expect(fileOf(after)).toMatchObject({ status: 'rejected', reason: 'malware_found' });

    const before = await landed((made) => {
      unscanned(made);
      made.around = async (call, run) => {
        if (call === 's3.landedVersions') {
          const [version] = (await run()) as { versionId: string }[];
          made.scanResults.set(version?.versionId ?? '', infected);
        }
        return run();
      };
    });
    expect(fileOf(before).status).toBe('rejected');
    expect(before.s3.promotions).toBe(0);
  });
});

describe('a copy that takes several runs', () => {
  it('of what nobody scanned waits for the scan that the policy asks for meanwhile', async () => {
    const world = await landed((made) => {
      made.s3.runsPerCopy = 3;
      made.policy = { ...made.policy, virusScanningRequired: false };
      made.around = async (call, run) => {
        const done = await run();
        if (call === 'library.promote') made.policy = { ...made.policy, virusScanningRequired: true };
        return done;
      };
    });
    expect(fileOf(world)).toMatchObject({ status: 'ready', scan: { engine: 'test' } });
  });

  it('is stored once, and stays, when two runs end it at the same time', async () => {
    const world = await landed((made) => {
      made.s3.runsPerCopy = 2;
      let isOver = false;
      made.around = async (call, run) => {
        const done = await run();
        if (call === 'library.promote' && !isOver && (done as { kind: string }).kind === 'copied') {
          isOver = true;
          expect(await inspect(made.inspecting, fileOf(made))).toBe('stored');
        }
        return done;
      };
    });
    expect(fileOf(world).status).toBe('ready');
    expect([...world.s3.library.keys()]).toEqual([fileOf(world).libraryVersionId]);
  });

  it('is given up on where it fails each time', async () => {
    const world = await landed((made) => {
      made.s3.runsPerCopy = 2;
      made.scan = 'unavailable';
    });
    world.scan = 'clean';
    world.around = async (call, run) => {
      if (call === 'library.promote') throw new Error('AccessDenied');
      return run();
    };
    await expect(inspect(world.inspecting, fileOf(world))).rejects.toThrow('AccessDenied');
    for (let round = 0; round <= 9 && fileOf(world).status === 'inspecting'; round += 1) {
      world.pass(900);
      await world.sweep();
      for (const sent of world.messages.inspect.splice(0)) {
        await expect(inspect(world.inspecting, sent)).rejects.toThrow('AccessDenied');
      }
    }
    expect(fileOf(world)).toMatchObject({ status: 'held', hold: { why: 'scanner' } });
  });
});
