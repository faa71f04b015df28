/** Errors as Figma words them: the text begins with the call, "in set_fills: …". */

/** Thrown inside the fake; `inCall` puts the call's name before its text. */
export class FigmaError extends Error {}

/** Runs what a call of the plugin does, whose errors then name the call. Callbacks' own errors pass as they are. */
export function inCall<T>(call: string, run: () => T): T {
  try {
    const result = run();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw named(call, error);
    }) as T;
  } catch (error) {
    throw named(call, error);
  }
}

function named(call: string, error: unknown): unknown {
  return error instanceof FigmaError ? new Error(`in ${call}: ${error.message}`) : error;
}

/** What Figma has and this fake has not: loud, so that no test passes by its absence. */
export function notModelled(what: string): Error {
  return new Error(`fake-figma: ${what} is not modelled`);
}

/** Figma rejects some promises with a bare string. */
export function rejectedWith(text: string): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- so does Figma
  return Promise.reject(text);
}

export function assert(condition: boolean, text: string): asserts condition {
  if (!condition) throw new FigmaError(text);
}

/** Figma's text for what a plugin with dynamic page loading has to call in another way. */
export const dynamicPage = (use: string): FigmaError =>
  new FigmaError(`Cannot call with documentAccess: dynamic-page. Use ${use} instead.`);
