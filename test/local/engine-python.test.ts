import { describe, expect, it } from 'vitest';
import { choosePython, parseProbe } from '../../local/python.ts';

const probe = (command: string, output: string) => {
  const parsed = parseProbe(command, output);
  if (!parsed) throw new Error(`no probe: ${output}`);
  return parsed;
};

describe('choosing Python', () => {
  it('takes the first that is supported and has venv', () => {
    const probes = [
      probe('py', '3 15 1'),
      probe('python3', '3 9 1\n'),
      probe('python', '3 13 0'),
      probe('python3.12', '3 12 1'),
    ];

    expect(choosePython(probes).command).toBe('python3.12');
  });

  it('says what to install when venv is missing', () => {
    expect(() => choosePython([probe('python3', '3 11 0')])).toThrow(/python3\.11-venv/);
  });

  it('says which versions fit when there is none, or only another one', () => {
    expect(() => choosePython([])).toThrow(/needs Python 3\.10 to 3\.14: install one/);
    expect(() => choosePython([probe('python', '2 7 0')])).toThrow(/found only 2\.7/);
  });

  it('does not take the output of something else for Python', () => {
    expect(parseProbe('python', 'Python was not found; run without arguments to install')).toBeUndefined();
  });
});
