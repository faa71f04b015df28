import { effect } from '@preact/signals';

/** Resolves once a condition over signals holds. */
export function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const undo = effect(() => {
      if (!condition()) return;
      resolve();
      queueMicrotask(() => undo());
    });
  });
}
