/** The one HTTP client of the page, the plugin and the command line. */
import * as z from 'zod/mini';
import { ClientError } from './client-error.ts';
import { Http, type ServerAddress } from './client-http.ts';
import { getPanorama, panoramaPath } from './client-sources.ts';
import { DEFAULT_TIMING, repeated, type ClientTiming } from './client-wait.ts';
import { watchPanorama } from './client-watch.ts';
import {
  PROTOCOL_VERSION,
  estimateSchema,
  panoramaListSchema,
  panoramaSchema,
  serverInfoSchema,
  type Estimate,
  type EstimateQuestion,
  type Panorama,
  type PanoramaList,
  type ServerInfo,
  type StreamEvent,
} from './protocol.ts';
import type { PanoramaRequest, PanoramaRequestInput } from './request.ts';

export { ClientError, type ClientErrorCode } from './client-error.ts';
export type { ServerAddress } from './client-http.ts';

export interface VariantOptions {
  /** One of `tileGrid`'s, counted from 0; the whole picture where it is left out. */
  readonly tile?: { readonly column: number; readonly row: number };
  readonly signal?: AbortSignal;
}

/** What a server can be asked. Every call rejects with `ClientError`, or with its signal's reason. */
export interface PanoramaApi {
  /** Also whether client and server understand each other: rejects with `incompatible` where they do not. */
  server(signal?: AbortSignal): Promise<ServerInfo>;
  estimate(question: EstimateQuestion, signal?: AbortSignal): Promise<Estimate>;
  /**
   * Sends a photo and what is to be made of it; `id` is a UUID that the caller makes. The same again is answered as
   * it stands, so the call is repeated a few times where the connection breaks or the server is busy.
   */
  put(
    id: string,
    photo: Blob,
    request: PanoramaRequestInput | PanoramaRequest,
    signal?: AbortSignal,
  ): Promise<Panorama>;
  get(id: string, signal?: AbortSignal): Promise<Panorama>;
  /** Newest first; `cursor` is the `nextCursor` of the page before. */
  list(page?: { limit?: number; cursor?: string }, signal?: AbortSignal): Promise<PanoramaList>;
  cancel(id: string): Promise<Panorama>;
  delete(id: string): Promise<void>;
  /** The encoded picture; 0 is the draft. */
  variant(id: string, n: number, options?: VariantOptions): Promise<Blob>;
  /** The photo as it was sent. */
  photo(id: string, signal?: AbortSignal): Promise<Blob>;
  /**
   * Every change, then the panorama as it ended, each once. Goes on after breaks, and looks again and again where no
   * stream gets through. Throws only where that makes no sense: another token, no such panorama, an aborted signal.
   */
  watch(id: string, signal: AbortSignal): AsyncIterable<StreamEvent>;
}

export class PanoramaClient implements PanoramaApi {
  readonly #http: Http;

  /** `timing` changes how long it waits for what, in milliseconds. */
  constructor(
    address: ServerAddress,
    fetch: typeof globalThis.fetch = globalThis.fetch,
    timing: Partial<ClientTiming> = {},
  ) {
    this.#http = new Http(address, fetch, { ...DEFAULT_TIMING, ...timing });
  }

  async server(signal?: AbortSignal): Promise<ServerInfo> {
    const answer = await this.#http.json(protocolSchema, { path: '/v1/server', signal });
    const { protocol } = answer;
    if (protocol !== PROTOCOL_VERSION) {
      const older = protocol < PROTOCOL_VERSION ? 'the server' : 'this client';
      throw new ClientError(
        'incompatible',
        `${this.#http.url}: expected protocol ${PROTOCOL_VERSION}, got ${protocol}; update ${older}`,
      );
    }
    return this.#http.parse(serverInfoSchema, answer);
  }

  estimate(question: EstimateQuestion, signal?: AbortSignal): Promise<Estimate> {
    return this.#http.json(estimateSchema, {
      method: 'POST',
      path: '/v1/estimates',
      headers: { 'Content-Type': 'application/json' },
      body: () => JSON.stringify(question),
      signal,
    });
  }

  put(
    id: string,
    photo: Blob,
    request: PanoramaRequestInput | PanoramaRequest,
    signal?: AbortSignal,
  ): Promise<Panorama> {
    const body = () => {
      const form = new FormData();
      // First, so that a wrong one is found before the photo has come.
      form.append('request', JSON.stringify(request));
      form.append('image', photo, 'photo');
      return form;
    };
    // How long a photo takes to send depends on the line.
    const call = { method: 'PUT', path: panoramaPath(id), body, signal, answerMs: Infinity } as const;
    return repeated(this.#http.timing, signal, () => this.#http.json(panoramaSchema, call));
  }

  get(id: string, signal?: AbortSignal): Promise<Panorama> {
    return getPanorama(this.#http, id, signal);
  }

  list(page: { limit?: number; cursor?: string } = {}, signal?: AbortSignal): Promise<PanoramaList> {
    const query = new URLSearchParams();
    if (page.limit !== undefined) query.set('limit', String(page.limit));
    if (page.cursor !== undefined) query.set('cursor', page.cursor);
    const path = `/v1/panoramas${query.size > 0 ? `?${query.toString()}` : ''}`;
    return this.#http.json(panoramaListSchema, { path, signal });
  }

  cancel(id: string): Promise<Panorama> {
    return this.#http.json(panoramaSchema, { method: 'POST', path: `${panoramaPath(id)}/cancel` });
  }

  delete(id: string): Promise<void> {
    return this.#http.nothing({ method: 'DELETE', path: panoramaPath(id) });
  }

  variant(id: string, n: number, { tile, signal }: VariantOptions = {}): Promise<Blob> {
    const query = tile ? `?tile=${tile.column},${tile.row}` : '';
    return this.#http.picture({ path: `${panoramaPath(id)}/variants/${n}${query}`, signal });
  }

  photo(id: string, signal?: AbortSignal): Promise<Blob> {
    return this.#http.picture({ path: `${panoramaPath(id)}/image`, signal });
  }

  watch(id: string, signal: AbortSignal): AsyncIterable<StreamEvent> {
    return watchPanorama(this.#http, id, signal);
  }
}

/** All that is asked of another version's answer. */
const protocolSchema = z.looseObject({ protocol: z.int() });
