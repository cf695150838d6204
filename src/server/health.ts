/** A named check of /livez or /readyz: undefined when it passes, else the reason it does not. */
export interface HealthCheck {
  readonly name: string;
  readonly failure: () => string | undefined;
}

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

/** Kubernetes' form: "ok", or with `verbose` one "[+]name ok" line a check. A failing answer always lists the checks. */
export function answerHealth(endpoint: string, checks: readonly HealthCheck[], verbose: boolean): HealthAnswer {
  const results = checks.map((check) => ({ name: check.name, failure: check.failure() }));
  const passed = results.every((result) => result.failure === undefined);
  const lines = results.map(({ name, failure }) => (failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`));
  const verdict = `${endpoint} check ${passed ? 'passed' : 'failed'}`;
  return { status: passed ? 200 : 503, body: passed && !verbose ? 'ok' : `${[...lines, verdict].join('\n')}\n` };
}
