/** `figma.notify`: toasts that stay until their time is over, their button is pressed, or they are taken away. */
import type {
  NotificationHandler,
  NotificationOptions,
  NotifyDequeueReason,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { boolean, number, object, string, validate, type Check } from './schema.ts';

const MOST_CHARACTERS = 100;
const DEFAULT_TIMEOUT_MS = 3000;

export interface FakeToast {
  /** As it is shown: Figma cuts it after 100 characters. */
  readonly text: string;
  readonly cut: boolean;
  readonly error: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly button: string | null;
  readonly visible: boolean;
}

interface Shown extends FakeToast {
  visible: boolean;
  readonly press: () => boolean | void;
  readonly gone: (reason: NotifyDequeueReason) => void;
}

const callback: Check = (value, at) =>
  typeof value === 'function' ? [] : [`Expected function, received ${typeof value} at ${at}`];
const check = object(
  {},
  {
    timeout: number(0),
    error: boolean,
    onDequeue: callback,
    button: object({ text: string, action: callback }),
  },
);

export class Toasts {
  readonly #shown: Shown[] = [];
  #closed = false;

  /** All that were ever shown, oldest first. */
  get all(): readonly FakeToast[] {
    return this.#shown;
  }

  notify(message: string, options: NotificationOptions = {}): NotificationHandler {
    validate('message', string, message);
    validate('options', check, options);
    const { timeout = DEFAULT_TIMEOUT_MS, error = false, button, onDequeue } = options;
    const timer = timeout === Infinity ? undefined : setTimeout(() => toast.gone('timeout'), timeout);
    const toast: Shown = {
      text: message.slice(0, MOST_CHARACTERS),
      cut: message.length > MOST_CHARACTERS,
      error,
      timeout,
      button: button?.text ?? null,
      visible: true,
      press: () => button?.action(),
      gone: (reason) => {
        if (!toast.visible) return;
        clearTimeout(timer);
        toast.visible = false;
        if (!this.#closed) onDequeue?.(reason);
      },
    };
    this.#shown.push(toast);
    return { cancel: () => toast.gone('dismiss') };
  }

  /** Presses the button of the latest toast that has one and is still there. */
  press(): void {
    const toast = this.#shown.findLast(({ visible, button }) => visible && button !== null);
    if (!toast) throw new Error('fake-figma: no toast has a button');
    if (toast.press() !== false) toast.gone('action_button_click');
  }

  /** A closing plugin takes its buttons, and what should stay for ever, with it; nothing is called any more. */
  close(): void {
    this.#closed = true;
    for (const toast of this.#shown) {
      if (toast.button !== null || toast.timeout === Infinity) toast.gone('dismiss');
    }
  }
}
