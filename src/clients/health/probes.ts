/** The state from which probes are answered. */
export interface ProbedState {
  /** For how long the event loop has been blocked, in ms. */
  readonly stillMs: number;
  readonly limitMs: number;
  /** What each part is missing to be ready; undefined if it is ready. */
  readonly parts: Readonly<Record<string, string | undefined>>;
}

export interface ProbeAnswer {
  readonly code: 200 | 404 | 503;
  /** Lines of plain text. */
  readonly text: string;
}

/** The response to a probe: whether the process has to be restarted (liveness), and whether it is fully functional (readiness). Pure. */
export function probed(path: string | undefined, standing: ProbedState): ProbeAnswer {
  const still = stillness(standing);
  if (path === '/healthz') return still ? { code: 503, text: `${still}\n` } : { code: 200, text: 'ok\n' };
  if (path !== '/readyz') return { code: 404, text: 'Available: /healthz and /readyz.\n' };
  const parts = Object.entries({ loop: still, ...standing.parts });
  const lines = parts.map(([name, problem]) => (problem ? `[-] ${name}: ${problem.replaceAll('\n', ' ')}` : `[+] ${name}: ok`));
  return { code: parts.some(([, problem]) => problem) ? 503 : 200, text: `${lines.join('\n')}\n` };
}

function stillness({ stillMs, limitMs }: ProbedState): string | undefined {
  return stillMs >= limitMs ? `the event loop has been blocked for ${Math.round(stillMs / 1000)} s` : undefined;
}
