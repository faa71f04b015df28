/** Surroundings of a check that tests make up. */
import type { CheckEnvironment, Surroundings } from './check-environment.ts';

export const IN_FIGMA: Surroundings = {
  userAgent: 'Mozilla/5.0 Chrome/147.0.0.0',
  origins: ['null', 'https://www.figma.com'],
  secureContext: true,
  https: true,
  space: 'public',
  online: true,
  permissions: {
    'local-network-access': 'granted',
    'local-network': 'granted',
    'loopback-network': 'granted',
  },
  passedOn: true,
};

/** Every call of fetch by its address and mode; a promise that never ends is a server that never answers. */
export type Answering = (url: string, init: RequestInit) => Response | Promise<Response>;

export class FakeEnvironment implements CheckEnvironment {
  answer: Answering;
  around: Surroundings = IN_FIGMA;
  name: 'found' | 'notFound' | 'unknown' = 'unknown';
  port: 'open' | 'closed' | 'unknown' = 'unknown';
  /** Origins that the page's policy forbids. */
  readonly forbidden = new Set<string>();
  watching = 0;
  readonly calls: { url: string; init: RequestInit }[] = [];
  readonly timing = { answerMs: 10_000, probeMs: 4000 };
  readonly now = () => performance.now();

  constructor(answer: Answering = noAnswer) {
    this.answer = answer;
  }

  readonly fetch = (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    this.calls.push({ url, init });
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      Promise.resolve()
        .then(() => this.answer(url, init))
        .then(resolve, reject);
    });
  };

  readonly surroundings = () => Promise.resolve(this.around);
  readonly lookUpName = () => Promise.resolve(this.name);
  readonly tryPort = () => Promise.resolve(this.port);
  readonly watchPolicy = () => {
    this.watching += 1;
    return {
      origins: this.forbidden,
      undo: () => {
        this.watching -= 1;
      },
    };
  };
}

export function noAnswer(): never {
  throw new TypeError('Failed to fetch');
}

export const silence = (): Promise<Response> => new Promise(() => undefined);

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json({ error: { code, message: `${code}: as the server says it` } }, status, headers);
}
