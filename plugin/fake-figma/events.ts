/** Callbacks that are told of events, as `on`, `once` and `off` keep them. */

/** Figma tells of what happens after the code that made it happen. */
export const later = (run: () => void): void => void setTimeout(run, 0);

export class Listeners<Events extends Record<string, readonly unknown[]>> {
  readonly #callbacks: { type: keyof Events; callback: unknown; once: boolean }[] = [];

  add(type: keyof Events, callback: unknown, once = false): void {
    if (typeof callback !== 'function') throw new TypeError('not a function');
    this.#callbacks.push({ type, callback, once });
  }

  remove(type: keyof Events, callback: unknown): void {
    const at = this.#callbacks.findIndex((one) => one.type === type && one.callback === callback);
    if (at >= 0) this.#callbacks.splice(at, 1);
  }

  /** How many heard it. */
  tell<K extends keyof Events>(type: K, ...args: Events[K]): number {
    const called = this.#callbacks.filter((one) => one.type === type);
    for (const { callback, once } of called) {
      if (once) this.remove(type, callback);
      (callback as (...args: Events[K]) => unknown)(...args);
    }
    return called.length;
  }
}
