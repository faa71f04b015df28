/** One call after the other: sends it, times it, and turns whatever comes back into an answer or a `ClientError`. */
import type * as z from 'zod/mini';
import { Connection } from './client-connection.ts';
import { ClientError, incompatible } from './client-error.ts';
import type { ClientTiming } from './client-wait.ts';
import { errorAnswerSchema, type ErrorBody } from './protocol.ts';
import { problemsOf } from './schema.ts';

/** Where a server is, without a slash at the end, and the token it asks for. */
export interface ServerAddress {
  readonly url: string;
  readonly token: string;
}

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** From the server's root. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Given anew to each attempt. */
  readonly body?: () => BodyInit;
  readonly signal?: AbortSignal | undefined;
  /** For the answer to begin; the usual time where it is left out. */
  readonly answerMs?: number;
}

export class Http {
  readonly url: string;
  readonly timing: ClientTiming;
  readonly #token: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor(address: ServerAddress, fetch: typeof globalThis.fetch, timing: ClientTiming) {
    this.url = address.url.replace(/\/+$/, '');
    this.#token = address.token;
    // Browsers refuse a fetch that is called as a method of anything else.
    this.#fetch = (input, init) => fetch(input, init);
    this.timing = timing;
  }

  /** An answer in JSON. Throws `ClientError`, or the signal's reason. */
  json<T>(schema: z.ZodMiniType<T>, call: Call): Promise<T> {
    return this.#exchange(call, async (response) => {
      const value = parseJson(await response.text());
      if (value === undefined) throw this.foreign(response);
      return this.parse(schema, value);
    });
  }

  /** An answer without a body. */
  nothing(call: Call): Promise<void> {
    return this.#exchange(call, () => Promise.resolve());
  }

  /** A picture. It may take as long as it likes while it keeps coming. */
  picture(call: Call): Promise<Blob> {
    return this.#exchange(call, async (response, connection) => {
      const type = response.headers.get('content-type') ?? '';
      if (!type.startsWith('image/')) throw this.foreign(response);
      if (!response.body) return response.blob();
      const parts: Uint8Array<ArrayBuffer>[] = [];
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return new Blob(parts, { type });
        parts.push(value);
        connection.expect(this.timing.answerMs);
      }
    });
  }

  async #exchange<T>(
    call: Call,
    read: (response: Response, connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = new Connection(this.url, call.signal);
    connection.expect(call.answerMs ?? this.timing.answerMs);
    try {
      const response = await this.send(call, connection);
      connection.expect(this.timing.answerMs);
      return await connection.wait(read(response, connection));
    } finally {
      connection.close();
    }
  }

  /** The answer to a call, its body unread, where it is no error. Throws `ClientError`, or the caller's reason. */
  async send({ method = 'GET', path, headers, body }: Call, connection: Connection): Promise<Response> {
    connection.caller?.throwIfAborted();
    const address = this.#address(path);
    const authorization = `Bearer ${this.#printableToken()}`;
    const sent = async () => {
      const response = await this.#fetch(address, {
        method,
        headers: { ...headers, Authorization: authorization },
        ...(body && { body: body() }),
        signal: connection.signal,
        credentials: 'omit',
        cache: 'no-store',
        // The token is for this address alone.
        redirect: 'manual',
      });
      if (response.ok) return response;
      throw this.#refusal(response, response.status === 0 ? '' : await response.text());
    };
    return connection.wait(sent());
  }

  #address(path: string): string {
    const address = this.url + path;
    // Without a scheme, `localhost:8787` would be read as one.
    if (/^https?:\/\//i.test(address) && URL.canParse(address)) return address;
    throw new ClientError(
      'unreachable',
      `${this.url}: expected an address such as http://localhost:8787, got another text`,
    );
  }

  /** What no header can hold is no token of ours. */
  #printableToken(): string {
    if (/^[\x21-\x7e]+$/.test(this.#token)) return this.#token;
    const got = this.#token === '' ? 'nothing' : 'a text with other characters';
    throw new ClientError(
      'unauthorized',
      `token: expected letters, digits and signs without spaces, got ${got}; the server prints its token when it starts`,
    );
  }

  /** `value` as what `schema` describes. Throws `ClientError` where it is something else. */
  parse<T>(schema: z.ZodMiniType<T>, value: unknown): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const problem = problemsOf(parsed.error, 'answer')[0] ?? '';
    throw incompatible(this.url, `an answer of another shape (${problem})`);
  }

  /** For an answer that is none of ours. */
  foreign({ status, headers }: Response): ClientError {
    const type = typeName(headers.get('content-type') ?? '');
    return incompatible(this.url, `${type} (status ${status})`, { status });
  }

  #refusal(response: Response, text: string): ClientError {
    const { status, headers } = response;
    const answer = errorAnswerSchema.safeParse(parseJson(text));
    const server: ErrorBody | undefined = answer.data?.error;
    const retryAfterMs = retryAfter(headers.get('retry-after'));
    const facts = { status, ...(server && { server }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
    if (status === 401) {
      const said = server?.message ?? "token: expected the server's, got another one";
      return new ClientError('unauthorized', `${this.url}: ${said}`, facts);
    }
    if (server) return new ClientError('refused', server.message, facts);
    if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      const location = headers.get('location');
      const to = location === null ? '' : ` to ${location.slice(0, 200)}`;
      return incompatible(this.url, `a redirection${to}`, facts);
    }
    if (status === 502 || status === 503 || status === 504) {
      return new ClientError(
        'unreachable',
        `${this.url}: expected an answer, got ${status} from a gateway before the server; check that the server runs`,
        facts,
      );
    }
    return this.foreign(response);
  }
}

/** Undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function typeName(contentType: string): string {
  const name = /^[\w.+-]+\/[\w.+-]+/.exec(contentType)?.[0];
  return name === undefined ? 'an answer without a type' : `an answer in ${name}`;
}

/** Seconds, or a date. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
