/** The two ways to hear of a panorama: its event stream, and looking again and again. */
import { Connection } from './client-connection.ts';
import { parseJson, type Http } from './client-http.ts';
import { jittered, sleep } from './client-wait.ts';
import { EventStreamParser, type ServerSentEvent } from './event-stream.ts';
import { panoramaSchema, scaleEventSchema, type Panorama, type StreamEvent } from './protocol.ts';

/** So many streams without an event, and none with one, and none is tried any more. */
const MAX_EMPTY_STREAMS = 3;

/** A stream that brings nothing: something on the way gathers it, or fetch gives no streams here. */
export class StreamHeldBack extends Error {}

/** What a source goes by from one connection to the next. */
export interface Following {
  readonly http: Http;
  readonly id: string;
  readonly signal: AbortSignal;
  /** Of the last event that came; '' for none. */
  lastEventId: string;
  /** Whether a stream has ever brought an event. */
  streamed: boolean;
  /** Streams that ended without an event. */
  empty: number;
  /** Called whenever the server is heard. */
  readonly heard: () => void;
}

/** Ends with the connection, or with the panorama. Throws `ClientError` or the signal's reason. */
export type Source = (following: Following) => AsyncGenerator<StreamEvent, void, undefined>;

/** Where a panorama is, from the server's root. */
export function panoramaPath(id: string): string {
  return `/v1/panoramas/${encodeURIComponent(id)}`;
}

export function getPanorama(http: Http, id: string, signal: AbortSignal | undefined): Promise<Panorama> {
  return http.json(panoramaSchema, { path: panoramaPath(id), signal });
}

/**
 * Goes on after the last event of the stream before, as far as the server remembers. Throws `StreamHeldBack` where no
 * stream has brought anything yet and this one does not either.
 */
export const fromStream: Source = async function* (following) {
  const { http } = following;
  for await (const { name, data, id } of readStream(following)) {
    following.lastEventId = id;
    following.streamed = true;
    // Other names are those of a later server.
    if (name === 'panorama') yield { type: name, panorama: http.parse(panoramaSchema, parseJson(data)) };
    if (name === 'scale') yield { type: name, ...http.parse(scaleEventSchema, parseJson(data)) };
  }
};

/** Looks every one to two seconds. */
export const fromPolling: Source = async function* ({ http, id, signal, heard }) {
  for (;;) {
    const panorama = await getPanorama(http, id, signal);
    heard();
    yield { type: 'panorama', panorama };
    await sleep(jittered(http.timing.pollMs), signal);
  }
};

async function* readStream(following: Following): AsyncGenerator<ServerSentEvent, void, undefined> {
  const { http, id, signal, lastEventId, heard } = following;
  const { firstEventMs, stallMs } = http.timing;
  const connection = new Connection(http.url, signal);
  try {
    connection.expect(firstEventMs);
    const headers = { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) };
    const response = await http.send({ path: `${panoramaPath(id)}/events`, headers }, connection);
    if (response.status === 204) {
      // Nothing follows what was told already, or so the server thinks.
      heard();
      connection.rest();
      const data = JSON.stringify(await getPanorama(http, id, signal));
      yield { name: 'panorama', data, id: '' };
      return;
    }
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw http.foreign(response);
    if (!response.body) throw new StreamHeldBack();
    heard();

    const parser = new EventStreamParser();
    const reader = response.body.getReader();
    for (let begun = false; ;) {
      if (begun) connection.expect(stallMs);
      const { done, value } = await connection.wait(reader.read());
      if (done) {
        if (!following.streamed && ++following.empty >= MAX_EMPTY_STREAMS) throw new StreamHeldBack();
        return;
      }
      heard();
      for (const event of parser.push(value)) {
        begun = true;
        // Whoever listens may take long.
        connection.rest();
        yield event;
      }
    }
  } catch (error) {
    if (connection.overdue && !following.streamed) throw new StreamHeldBack();
    throw error;
  } finally {
    connection.close();
  }
}
