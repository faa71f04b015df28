import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser, type ServerSentEvent } from './event-stream.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function parse(...parts: (string | Uint8Array)[]): ServerSentEvent[] {
  const parser = new EventStreamParser();
  return parts.flatMap((part) => parser.push(typeof part === 'string' ? bytesOf(part) : part));
}

const event = (data: string, name = 'message', id = ''): ServerSentEvent => ({ name, data, id });

/** The standard's rules on a whole text, written down as plainly as can be. */
function reference(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let [name, id, data] = ['', '', [] as string[]];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data.length > 0) events.push(event(data.join('\n'), name === '' ? 'message' : name, id));
      [name, data] = ['', []];
      continue;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
    if (field === 'id' && !value.includes('\0')) id = value;
  }
  return events;
}

/** Cuts `bytes` at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
const line = fc.oneof(
  fc.constantFrom(
    '',
    ':',
    ': heartbeat',
    'data',
    'data:',
    'data: ',
    'data:  two',
    'event',
    'retry: 10',
    '\0',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text}`),
  fc.string({ unit: 'binary' }).map((text) => `data:${text}`),
  fc.string().map((text) => `id: ${text}`),
  fc.string().map((text) => `event:${text}`),
  fc.string({ unit: 'grapheme' }),
);
const stream = fc.array(fc.tuple(line, lineEnd)).map((lines) => lines.flat().join(''));

describe('EventStreamParser', () => {
  it("[CLIENT1] reads names, ids, several lines of data and comments as the HTML standard's examples do", () => {
    expect(parse('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual([event('YHOO\n+2\n10')]);
    expect(
      parse(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n'),
    ).toEqual([event('first event', 'message', '1'), event('second event'), event(' third event')]);
    expect(parse('data\n\ndata\ndata\n\ndata:')).toEqual([event(''), event('\n')]);
    expect(parse('data:test\n\ndata: test\n\n')).toEqual([event('test'), event('test')]);
  });

  it('[CLIENT1] keeps the last id, drops names without data, and ignores what it does not know', () => {
    expect(parse('id: 7\nevent: panorama\n\ndata: a\n\n')).toEqual([event('a', 'message', '7')]);
    expect(parse('id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n').map(({ id }) => id)).toEqual(['7', '7']);
    expect(parse('retry: 5\ncolour: red\nDATA: x\n data: y\n\ndata: a\n\n')).toEqual([event('a')]);
    expect(parse('\uFEFFdata: a\n\ndata: unfinished\n')).toEqual([event('a')]);
  });

  it('[CLIENT1] ends lines by CR, LF and CR LF, cut or not', () => {
    expect(parse('data: a\r\rdata: b\r\n\r\ndata: c\n\n').map(({ data }) => data)).toEqual(['a', 'b', 'c']);
    expect(parse('data: a\r', '\ndata: b\r', '\n\r', '\n')).toEqual([event('a\nb')]);
    expect(parse('data: a\r', '\r')).toEqual([event('a')]);
  });

  it('[CLIENT1] puts characters together that were cut', () => {
    const bytes = bytesOf('data: 🏔é\n\n');
    expect(parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual([event('🏔é')]);
  });

  it('[CLIENT1] gives the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (text, places) => {
        const bytes = bytesOf(text);
        expect(parse(...cut(bytes, places))).toEqual(reference(new TextDecoder().decode(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it('[CLIENT1] reads a large event that comes in many pieces in a time that grows with its length', () => {
    const bytes = bytesOf(`data: ${'x'.repeat(8e6)}\n\n`);
    const start = performance.now();
    const parts = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) =>
      bytes.subarray(i * 1000, i * 1000 + 1000),
    );
    expect(parse(...parts)[0]?.data).toHaveLength(8e6);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
