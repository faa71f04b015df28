/** What subscriptions and timers return. */
export type Undo = () => void;

/** Runs all of them, the last made first, once. */
export function undoAll(undos: Undo[]): void {
  for (let undo = undos.pop(); undo; undo = undos.pop()) undo();
}

/** Calls `action` after `ms`; undone, it never does. */
export function after(ms: number, action: () => void): Undo {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

/** Whether an error is that of an aborted signal, which the one who aborted it need not be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Runs `action` again and again, `ms` after it has ended, until undone. */
export function repeatedly(ms: number, action: () => Promise<void>): Undo {
  let over = false;
  let undo: Undo = () => undefined;
  const next = (): void => {
    undo = after(ms, () => {
      void action().finally(() => {
        if (!over) next();
      });
    });
  };
  next();
  return () => {
    over = true;
    undo();
  };
}
