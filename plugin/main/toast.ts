/** One toast at a time. */
import type { NotificationOptions, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { shortToast, type Question } from '../messages.ts';

/** Shows a toast in place of the one before; `onButton` is told when its button is pressed. */
export function createToast(figma: PluginAPI, onButton: () => void): (toast: Question<'toast'>) => void {
  let shown: { readonly key: string; readonly cancel: () => void } | null = null;
  return (toast) => {
    const { text, error, stays, cancel } = toast;
    const key = JSON.stringify(toast);
    // The same one again would only flicker.
    if (shown?.key === key) return;
    shown?.cancel();
    shown = null;
    if (text === '') return;
    const options: NotificationOptions = {
      error,
      ...(stays && { timeout: Infinity }),
      ...(cancel !== null && { button: { text: cancel, action: onButton } }),
      onDequeue: () => {
        if (shown?.key === key) shown = null;
      },
    };
    const { cancel: takeAway } = figma.notify(shortToast(text), options);
    shown = { key, cancel: takeAway };
  };
}
