import { systemClock } from '../../../runtime/clock.ts';
import type { TransportResponse } from '../transport.ts';

/** The whole body, as UTF-8. */
export async function text(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Looks again and again, for 5 s at most. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = systemClock.monotonic() + 5_000;
  while (!condition()) {
    if (systemClock.monotonic() > deadline) throw new Error('condition not met within 5 s');
    await systemClock.sleep(5);
  }
}
