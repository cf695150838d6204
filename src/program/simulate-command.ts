import { parseSimulateConfig } from '../config/simulate-config.ts';
import { createLogger } from '../telemetry/log-output.ts';
import type { ExitCode } from './exit-code.ts';
import type { ProgramRuntime } from './runtime.ts';
import { untilAskedToEnd } from './signals.ts';
import { simulatedClusters } from './simulated-clusters.ts';

/** `fleetgraph simulate`. Throws `ConfigError` or `ListenError` for what was asked wrongly. */
export async function simulate(args: readonly string[], runtime: ProgramRuntime): Promise<ExitCode> {
  const config = parseSimulateConfig(args, runtime.environment);
  const logger = createLogger(config.log ?? (process.stderr.isTTY ? 'text' : 'json'), process.stderr);
  const asked = untilAskedToEnd(process);
  await using source = await simulatedClusters(config.fleet, { runtime, logger, auth: 'local', labelsOf: () => ({}) });
  if (config.writeKubeconfig !== undefined) await source.writeKubeconfig?.(config.writeKubeconfig);
  console.log(`${source.definitions.length} clusters`);
  return asked;
}
