import { stdout } from 'node:process';

/** One step of the start, as the person sees it. */
export interface Step {
  /** Shown behind the step's name while it runs, on terminals only. */
  update(detail: string): void;
}

export interface Progress {
  /** Runs the work and reports it with its duration in one line. */
  step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T>;
  say(text: string): void;
}

export const silentProgress: Progress = {
  step: (_name, work) => work({ update: () => {} }),
  say: () => {},
};

export function terminalProgress(): Progress {
  const live = stdout.isTTY === true;
  const rewrite = (text: string): void => {
    stdout.write(`\r\x1b[2K${text.slice(0, (stdout.columns || 80) - 1)}`);
  };
  return {
    say: (text) => console.log(text),
    async step(name, work) {
      const started = performance.now();
      const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
      if (live) rewrite(`… ${name}`);
      try {
        const result = await work({
          update: (detail) => {
            if (live) rewrite(`… ${name}: ${detail}`);
          },
        });
        if (live) rewrite('');
        console.log(`✓ ${name} (${seconds()})`);
        return result;
      } catch (error) {
        if (live) rewrite('');
        console.log(`✗ ${name} (${seconds()})`);
        throw error;
      }
    },
  };
}
