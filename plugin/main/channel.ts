/** Main's end of the channel to the window: its questions answered, and what it is told unasked. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Answer, EventName, Events, Question, RequestName, ToWindow } from '../messages.ts';
import { oneLine } from './one-line.ts';
import { isFields } from './stored.ts';

export type Handlers = {
  readonly [K in RequestName]: (question: Question<K>) => Answer<K> | Promise<Answer<K>>;
};

/** Tells the window something unasked. */
export type Tell = <K extends EventName>(name: K, event: Events[K]) => void;

/** Answers what the window asks, an unknown question by an error. The window must be there. */
export function answerWindow({ ui }: PluginAPI, handlers: Handlers): void {
  const send = (message: ToWindow): void => ui.postMessage(message);
  ui.onmessage = (message: unknown) => {
    const request = requestOf(message, handlers);
    if (!request) return;
    const { id, answer } = request;
    void answer().then(
      (value) => send({ type: 'answer', id, ok: true, answer: value }),
      (error: unknown) => send({ type: 'answer', id, ok: false, message: oneLine(error) }),
    );
  };
}

export function teller({ ui }: PluginAPI): Tell {
  return (name, event) => {
    const message: ToWindow = { type: 'event', name, event } as Extract<ToWindow, { type: 'event' }>;
    ui.postMessage(message);
  };
}

interface Request {
  readonly id: number;
  readonly answer: () => Promise<unknown>;
}

/** Null for what is no request. Both halves are of one build: a question of a known name is as the name says. */
function requestOf(message: unknown, handlers: Handlers): Request | null {
  if (!isFields(message) || message.type !== 'request' || typeof message.id !== 'number') return null;
  const { id, name, question } = message;
  if (typeof name !== 'string' || !Object.keys(handlers).includes(name)) {
    const reject = (): Promise<never> => Promise.reject(new Error(`unknown question: ${String(name)}`));
    return { id, answer: reject };
  }
  const handle = handlers[name as RequestName] as (question: unknown) => unknown;
  return { id, answer: async () => handle(question) };
}
