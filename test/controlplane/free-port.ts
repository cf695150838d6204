import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux and macOS take ports for outgoing connections: a client that
// keeps dialling a stopped server there could otherwise be given that very port, or meet itself.
const firstPort = 20_000;
const lastPort = 32_000;
const attempts = 50;

const handedOut = new Set<number>();

/** A loopback port on which nobody listens now, and which this process has not handed out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(firstPort, lastPort);
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port found between ${firstPort} and ${lastPort}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
