/**
 * Server-sent events out of bytes, as the HTML standard reads them. What a browser's EventSource does, for streams that
 * fetch brings: EventSource sends no token.
 */

export interface ServerSentEvent {
  /** `message` where the stream names none. */
  readonly name: string;
  readonly data: string;
  /** The last id that the stream gave, with this event or before it; '' where there was none. */
  readonly id: string;
}

/** Reads one stream, however its bytes are cut. */
export class EventStreamParser {
  readonly #decoder = new TextDecoder();
  /** Of the line that is not finished. */
  #begun: string[] = [];
  /** Whether a line feed would belong to the carriage return before it. */
  #afterReturn = false;
  #name = '';
  #data: string[] = [];
  #id = '';

  /** The events that these bytes complete. What a stream leaves incomplete at its end is no event. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    for (const line of this.#lines(this.#decoder.decode(bytes, { stream: true }))) {
      if (line !== '') this.#take(line);
      else {
        // An event without data is none, but its id counts.
        if (this.#data.length > 0) {
          events.push({ name: this.#name || 'message', data: this.#data.join('\n'), id: this.#id });
        }
        this.#name = '';
        this.#data = [];
      }
    }
    return events;
  }

  /** Only what is new is searched, so that a long line that comes in many pieces costs no more than its length. */
  #lines(text: string): string[] {
    if (text === '') return [];
    const start = this.#afterReturn && text.startsWith('\n') ? 1 : 0;
    this.#afterReturn = text.endsWith('\r');
    const lines = text.slice(start).split(/\r\n|\r|\n/);
    const rest = lines.pop() ?? '';
    const [first, ...others] = lines;
    if (first === undefined) {
      this.#begun.push(rest);
      return [];
    }
    const finished = this.#begun.join('') + first;
    this.#begun = [rest];
    return [finished, ...others];
  }

  #take(line: string): void {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    // Lines that begin with a colon are comments; `retry` is left out: the client keeps a pace of its own.
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }
}
