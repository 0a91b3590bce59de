export interface KernelLimits {
  /** Should its parent be gone: the kernel ends who computes for so long. */
  readonly maxCpuSeconds: number;
  /** In the kernel's sense of data: what is private and writable, in memory or not. */
  readonly maxDataKiB: number;
}

/** For `/bin/sh -c`, followed by a program and its arguments: the limits hold for the shell and for what it becomes. */
export const withinLimits = ({ maxCpuSeconds, maxDataKiB }: KernelLimits): string =>
  `ulimit -c 0 && ulimit -t ${maxCpuSeconds} && ulimit -d ${maxDataKiB} && exec "$0" "$@"`;

/** Nothing but where Lambda's libraries are: no credentials, no addresses, no proxies. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { LD_LIBRARY_PATH } = process.env;
  return LD_LIBRARY_PATH ? { LD_LIBRARY_PATH } : {};
}
