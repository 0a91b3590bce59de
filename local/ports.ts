import { createServer } from 'node:net';
import { LocalFailure } from './failure.ts';

/** Whether a server could listen there now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      // A machine without IPv6 has nothing to collide with.
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(true);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

const tries = 200;

/** The first port from `from` on that is free on both loopback addresses: the same one on every start, if it can be. */
export async function findFreePort(from: number): Promise<number> {
  for (let port = from; port < from + tries; port += 1) {
    if ((await isPortFree(port)) && (await isPortFree(port, '::1'))) return port;
  }
  throw new LocalFailure(`No port from ${from} to ${from + tries - 1} is free.`);
}

/** A port from the environment; throws LocalFailure for anything that is none. */
export function portFrom(name: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new LocalFailure(`${name} is ${value}, which is no port: use a number from 0 to 65535.`);
}
