import { parseSimulateConfig } from '../config/simulate-config.ts';
import { removeReadyFile, writeReadyFile } from '../server/ready-file.ts';
import { describeFleet } from '../simulator/describe-fleet.ts';
import { startSimulatedFleet } from '../simulator/started-fleet.ts';
import { createLogger } from '../telemetry/log-output.ts';
import type { ExitCode } from './exit-code.ts';
import type { ProgramRuntime } from './runtime.ts';
import { fleetSizeOf } from './simulated-clusters.ts';
import { asListenError, asUsageError, refuseUnwritable } from './usage-error.ts';

/** `fleetgraph simulate`. Throws `ConfigError` for what was asked wrongly. */
export async function simulate(args: readonly string[], runtime: ProgramRuntime): Promise<ExitCode> {
  const config = parseSimulateConfig(args, runtime.environment);
  const size = fleetSizeOf(config.fleet, 'fleet');
  const logger = createLogger(config.log ?? (process.stderr.isTTY ? 'text' : 'json'), process.stderr);
  const { asked } = runtime;
  const { host, port, writeKubeconfig, readyFile, keyOf } = config;
  refuseUnwritable({ 'ready-file': readyFile, 'write-kubeconfig': writeKubeconfig }, keyOf);
  await using fleet = await startSimulatedFleet({ ...size, host, port, clock: runtime.clock, logger }).catch((error: unknown) => {
    throw asUsageError(asListenError(error, host, port), keyOf);
  });
  if (writeKubeconfig !== undefined) await fleet.writeKubeconfig(writeKubeconfig);
  for (const line of describeFleet(fleet, size, writeKubeconfig)) console.log(line);
  if (readyFile !== undefined) {
    const url = `https://${host.includes(':') ? `[${host}]` : host}:${fleet.port}`;
    writeReadyFile(readyFile, {
      url,
      pid: process.pid,
      token: fleet.tokens['admin'] ?? null,
      tokens: fleet.tokens,
      kubeconfig: writeKubeconfig ?? null,
    });
  }
  try {
    return await asked;
  } finally {
    if (readyFile !== undefined) removeReadyFile(readyFile);
  }
}
