/** The window's end of the channel to main: questions with answers, and what main tells unasked. */
import type { Answer, EventName, Events, Question, RequestName, ToMain, ToWindow } from '../messages.ts';
import type { Undo } from '../ui/undo.ts';

export interface MainChannel {
  /** Rejects with main's own line where it cannot answer. */
  ask<K extends RequestName>(name: K, question: Question<K>): Promise<Answer<K>>;
  on<K extends EventName>(name: K, listener: (event: Events[K]) => void): Undo;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Opens it in Figma's iframe, whose parent hands messages on. */
export function openChannel(window: Window): MainChannel {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<EventName, Set<(event: unknown) => void>>();
  let lastId = 0;

  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent) return;
    const message = messageOf(event.data);
    if (message?.type === 'answer') {
      const question = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.ok) question?.resolve(message.answer);
      else question?.reject(new Error(message.message));
    } else if (message?.type === 'event') {
      for (const listener of listeners.get(message.name) ?? []) listener(message.event);
    }
  });

  return {
    ask: <K extends RequestName>(name: K, question: Question<K>) =>
      new Promise<Answer<K>>((resolve, reject) => {
        const id = ++lastId;
        // What comes back under this id is this question's answer.
        waiting.set(id, { resolve: (answer) => resolve(answer as Answer<K>), reject });
        const pluginMessage = { type: 'request', id, name, question } as ToMain;
        window.parent.postMessage({ pluginMessage }, '*');
      }),
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      const added = listener as (event: unknown) => void;
      all.add(added);
      return () => all.delete(added);
    },
  };
}

/** Both halves are of one build: what carries the mark of a message is one. */
function messageOf(data: unknown): ToWindow | null {
  if (typeof data !== 'object' || data === null || !('pluginMessage' in data)) return null;
  const message = data.pluginMessage;
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  return message.type === 'answer' || message.type === 'event' ? (message as ToWindow) : null;
}
