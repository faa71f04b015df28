/** Ctrl-C and its like, for programs that stop in good order. */
import { EXIT } from './outcome.ts';

/** Aborted when the process is told to end, which then is left to the program; told again, the process ends at once. */
export function interruptionSignal(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The second time there is no waiting.
      if (interruption.signal.aborted) process.exit(EXIT.interrupted);
      interruption.abort();
    });
  }
  return interruption.signal;
}
