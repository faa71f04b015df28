/** A server in memory, scripted by tests: answers are set, calls are recorded, streams are fed. */
import type { PanoramaApi } from '../../shared/client.ts';
import { ClientError } from '../../shared/client.ts';
import {
  hasEnded,
  type Estimate,
  type EstimateQuestion,
  type Panorama,
  type PanoramaList,
  type ServerInfo,
  type StreamEvent,
} from '../../shared/protocol.ts';
import { panoramaRequestSchema } from '../../shared/request.ts';
import { estimateOf, panoramaOf, serverInfoOf } from './panoramas.testing.ts';

export type Call = { readonly name: keyof PanoramaApi; readonly id?: string; readonly n?: number };

export const unreachable = (): ClientError => new ClientError('unreachable', 'http://fake: no connection');
export const unauthorized = (): ClientError => new ClientError('unauthorized', 'http://fake: another token');
export const refused = (status: number, code: string, message = code): ClientError =>
  new ClientError('refused', message, { status, server: { code, message } });

export class FakeApi implements PanoramaApi {
  readonly calls: Call[] = [];
  readonly panoramas = new Map<string, Panorama>();
  readonly photos = new Map<string, Blob>();
  info: ServerInfo = serverInfoOf();
  pageSize = 24;
  estimateFor: (question: EstimateQuestion) => Estimate = () => estimateOf();
  /** Throws in each call where it returns an error; null lets the call through. */
  fail: (call: Call) => Error | null = () => null;
  /** What each call waits for. */
  delay: (call: Call) => Promise<void> = () => Promise.resolve();

  readonly #watchers = new Map<string, Set<(event: StreamEvent | Error) => void>>();

  count(name: keyof PanoramaApi): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  /** Changes a panorama and tells whoever watches it. */
  change(panorama: Panorama): void {
    this.panoramas.set(panorama.id, panorama);
    this.tell(panorama.id, { type: 'panorama', panorama });
  }

  tell(id: string, event: StreamEvent): void {
    for (const watcher of this.#watchers.get(id) ?? []) watcher(event);
  }

  /** Ends the streams of a panorama with an error. */
  breakStreams(id: string, error: Error): void {
    for (const watcher of this.#watchers.get(id) ?? []) watcher(error);
  }

  watchers(id: string): number {
    return this.#watchers.get(id)?.size ?? 0;
  }

  async server(signal?: AbortSignal): Promise<ServerInfo> {
    await this.#begin({ name: 'server' }, signal);
    return this.info;
  }

  async estimate(question: EstimateQuestion, signal?: AbortSignal): Promise<Estimate> {
    await this.#begin({ name: 'estimate' }, signal);
    return this.estimateFor(question);
  }

  async put(
    id: string,
    photo: Blob,
    request: Parameters<PanoramaApi['put']>[2],
    signal?: AbortSignal,
  ): Promise<Panorama> {
    await this.#begin({ name: 'put', id }, signal);
    const known = this.panoramas.get(id);
    if (known) return known;
    const parsed = panoramaRequestSchema.parse(request);
    const panorama = panoramaOf({ id, request: parsed, createdAt: new Date().toISOString() });
    this.panoramas.set(id, panorama);
    this.photos.set(id, photo);
    return panorama;
  }

  async get(id: string, signal?: AbortSignal): Promise<Panorama> {
    await this.#begin({ name: 'get', id }, signal);
    return this.#find(id);
  }

  async list(page: { limit?: number; cursor?: string } = {}, signal?: AbortSignal): Promise<PanoramaList> {
    await this.#begin({ name: 'list' }, signal);
    const all = [...this.panoramas.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    const from = Number(page.cursor ?? 0);
    const to = from + this.pageSize;
    return { panoramas: all.slice(from, to), nextCursor: to < all.length ? String(to) : null };
  }

  async cancel(id: string): Promise<Panorama> {
    await this.#begin({ name: 'cancel', id });
    const panorama: Panorama = { ...this.#find(id), status: 'canceled', queuePosition: null };
    this.change(panorama);
    return panorama;
  }

  async delete(id: string): Promise<void> {
    await this.#begin({ name: 'delete', id });
    this.#find(id);
    this.panoramas.delete(id);
  }

  async variant(id: string, n: number, { signal }: { signal?: AbortSignal } = {}): Promise<Blob> {
    await this.#begin({ name: 'variant', id, n }, signal);
    return new Blob([`${id} ${n}`], { type: 'image/png' });
  }

  async photo(id: string, signal?: AbortSignal): Promise<Blob> {
    await this.#begin({ name: 'photo', id }, signal);
    return this.photos.get(id) ?? new Blob([`photo ${id}`]);
  }

  async *watch(id: string, signal: AbortSignal): AsyncGenerator<StreamEvent, void, undefined> {
    await this.#begin({ name: 'watch', id }, signal);
    const queue: (StreamEvent | Error)[] = [{ type: 'panorama', panorama: this.#find(id) }];
    let wake = (): void => undefined;
    const watcher = (event: StreamEvent | Error) => {
      queue.push(event);
      wake();
    };
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(watcher));
    const aborted = () => wake();
    signal.addEventListener('abort', aborted);
    try {
      for (;;) {
        signal.throwIfAborted();
        const event = queue.shift();
        if (event instanceof Error) throw event;
        if (!event) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        yield event;
        if (event.type === 'panorama' && hasEnded(event.panorama.status)) return;
      }
    } finally {
      watchers.delete(watcher);
      signal.removeEventListener('abort', aborted);
    }
  }

  async #begin(call: Call, signal?: AbortSignal): Promise<void> {
    this.calls.push(call);
    signal?.throwIfAborted();
    await Promise.race([
      this.delay(call),
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ]);
    signal?.throwIfAborted();
    const error = this.fail(call);
    if (error) throw error;
  }

  #find(id: string): Panorama {
    const panorama = this.panoramas.get(id);
    if (!panorama) throw refused(404, 'not-found', `panorama ${id}: there is none of this id`);
    return panorama;
  }
}
