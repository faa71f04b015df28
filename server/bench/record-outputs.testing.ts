/** Outputs of a command line that is run in a test, and the signal that stands for Ctrl-C. */

/** @param interruptAt what standard error says when Ctrl-C is pressed */
export function recordOutputs(interruptAt?: string) {
  const interruption = new AbortController();
  const said = { out: '', err: '' };
  return {
    said,
    stdout: { write: (text: string) => void (said.out += text) },
    stderr: {
      write: (text: string) => {
        said.err += text;
        if (interruptAt !== undefined && text.includes(interruptAt)) interruption.abort();
      },
    },
    signal: interruption.signal,
  };
}
