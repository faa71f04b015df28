/** The one call that a check begins with, and what each answer to it means. */
import { ClientError, PanoramaClient } from '../../../shared/client.ts';
import { parseJson } from '../../../shared/client-http.ts';
import { PROTOCOL_VERSION } from '../../../shared/protocol.ts';
import type { CheckEnvironment } from './check-environment.ts';
import type { Finding } from './connection-diagnosis.ts';

/** One attempt and what became of it, in a few words for whoever reads a report. */
export interface Probe {
  readonly what: string;
  readonly result: string;
  readonly ms: number;
}

export interface CallEnd {
  /** Null where no answer came. */
  readonly finding: Finding | null;
  /** Whether it was waited for in vain, instead of having failed. */
  readonly silent: boolean;
  /** The client's own line, where it is an error. */
  readonly message: string | null;
  readonly probe: Probe;
}

/** The server is asked also where there is no token to send: it says so then, and is found all the same. */
const NO_TOKEN = 'none';

export async function callServer(
  { fetch, timing, now }: CheckEnvironment,
  { url, token }: { readonly url: string; readonly token: string },
  signal: AbortSignal,
): Promise<CallEnd> {
  const heard: Heard = { response: null, text: '' };
  const listening: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    heard.response = response;
    // Now, as the client closes the connection when it has read its own.
    heard.text = await response.clone().text();
    return response;
  };
  const sendable = /^[\x21-\x7e]+$/.test(token);
  const address = { url, token: sendable ? token : NO_TOKEN };
  const client = new PanoramaClient(address, listening, { answerMs: timing.answerMs });
  const startMs = now();
  const end = (result: string, rest: Omit<CallEnd, 'probe'>): CallEnd => {
    const probe = { what: `GET ${url}/v1/server`, result, ms: now() - startMs };
    return { ...rest, probe };
  };
  const refusedToken = { cause: 'unauthorized', found: token === '' ? 'missing' : 'wrong' } as const;
  try {
    const info = await client.server(signal);
    const finding: Finding = sendable ? { cause: 'ready', info } : refusedToken;
    return end('200', { finding, silent: false, message: null });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ClientError)) throw error;
    const { code, message, cause } = error;
    const { response } = heard;
    const finding = code === 'unauthorized' && error.server ? refusedToken : findingOf(error, url, heard);
    const silent = response === null && cause === undefined;
    const result = response ? String(response.status) : silent ? 'no answer' : String(cause);
    return end(result, { finding, silent, message });
  }
}

interface Heard {
  response: Response | null;
  text: string;
}

/** Null where nothing was heard. */
function findingOf(error: ClientError, url: string, { response, text }: Heard): Finding | null {
  const { code, status = 0, server, retryAfterMs = null } = error;
  switch (code) {
    // With another body than ours: a gateway that wants a password of its own.
    case 'unauthorized':
      return { cause: 'wrongAddress', found: 'otherProgram' };
    case 'incompatible': {
      const protocol = protocolOf(text);
      if (protocol === null || protocol === PROTOCOL_VERSION)
        return { cause: 'wrongAddress', found: 'otherProgram' };
      const older = protocol < PROTOCOL_VERSION ? 'server' : 'plugin';
      return { cause: 'versions', older, server: protocol, plugin: PROTOCOL_VERSION };
    }
    case 'refused':
      if (server?.code === 'wrong-host') return { cause: 'wrongHost', host: new URL(url).hostname };
      if (status === 429) return { cause: 'busy', found: 'calls', retryAfterMs };
      if (status !== 503) return { cause: 'serverError', found: 'failed', status };
      return { cause: 'busy', found: server?.code === 'queue-full' ? 'queue' : 'later', retryAfterMs };
    case 'unreachable':
      if (status === 503 && retryAfterMs !== null) return { cause: 'busy', found: 'later', retryAfterMs };
      if (status !== 0) return { cause: 'serverError', found: 'gateway', status };
      return response ? { cause: 'serverError', found: 'broken', status: response.status } : null;
    default:
      return code satisfies never;
  }
}

/** What an answer says of its protocol; null where it says nothing. */
function protocolOf(text: string): number | null {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || !('protocol' in value)) return null;
  return Number.isInteger(value.protocol) ? Number(value.protocol) : null;
}
