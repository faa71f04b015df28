/** Main's end of the channel to the window: its questions answered, and what it is told unasked. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Answer, EventName, Events, Question, RequestName, ToWindow } from '../messages.ts';
import { oneLine } from './one-line.ts';
import { isFields } from './stored.ts';

export type Handlers = {
  readonly [K in RequestName]: (question: Question<K>) => Answer<K> | Promise<Answer<K>>;
};

export interface Channel {
  /** Tells the window something unasked. */
  readonly tell: <K extends EventName>(name: K, event: Events[K]) => void;
  /** Answers what the window asks, an unknown question by an error. */
  readonly serve: (handlers: Handlers) => void;
}

/** The window must be there. */
export function openChannel(figma: PluginAPI): Channel {
  const { ui } = figma;
  let closed = false;
  figma.on('close', () => {
    closed = true;
  });
  // What is still at work when the plugin ends has nobody to tell.
  const send = (message: ToWindow): void => {
    if (!closed) ui.postMessage(message);
  };
  return {
    tell: (name, event) => {
      const message = { type: 'event', name, event } as const;
      send(message as Extract<ToWindow, typeof message>);
    },
    serve: (handlers) => {
      ui.onmessage = (message: unknown) => {
        const request = requestOf(message);
        if (!request) return;
        const { id } = request;
        void handle(handlers, request).then(
          (answer) => send({ type: 'answer', id, ok: true, answer }),
          (error: unknown) => send({ type: 'answer', id, ok: false, message: oneLine(error) }),
        );
      };
    },
  };
}

interface Request {
  readonly id: number;
  readonly name: unknown;
  readonly question: unknown;
}

/** Null for what is none. */
function requestOf(message: unknown): Request | null {
  if (!isFields(message) || message.type !== 'request' || typeof message.id !== 'number') return null;
  return { id: message.id, name: message.name, question: message.question };
}

/** Both halves are of one build: a question of a known name is as the name says. */
function handle(handlers: Handlers, { name, question }: Request): Promise<unknown> {
  return new Promise((resolve) => {
    if (!isQuestion(handlers, name)) throw new Error(`main knows no question of the name ${String(name)}`);
    const answer = handlers[name] as (question: unknown) => unknown;
    resolve(answer(question));
  });
}

function isQuestion(handlers: Handlers, name: unknown): name is RequestName {
  return typeof name === 'string' && Object.keys(handlers).includes(name);
}
