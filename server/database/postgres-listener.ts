/** Notifications, on one connection that is made anew when it is lost. */
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyedLock } from './keyed-lock.ts';
import { backoffMs } from './patience.ts';
import { explain } from './postgres-errors.ts';
import type { Place } from './postgres-place.ts';

/** A connection that ended without a word is found out this way. */
const HEARTBEAT_MS = 10_000;
const HEARTBEAT_TIMEOUT_MS = 5000;

export interface ListenerOptions {
  readonly place: Place;
  readonly applicationName: string;
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onError: (error: unknown) => void;
}

interface Subscription {
  readonly listener: (payload: string) => void;
  readonly onReconnect: () => void;
}

export class Listener {
  private readonly channels = new Map<string, Set<Subscription>>();
  private readonly closing = new AbortController();
  /** pg takes one statement at a time. */
  private readonly turns = new KeyedLock();
  private client: pg.Client | null = null;
  private connecting: Promise<pg.Client> | null = null;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly options: ListenerOptions) {}

  /** Resolves to its undo, once it listens. */
  async listen(
    channel: string,
    listener: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<() => Promise<void>> {
    const subscription = { listener, onReconnect };
    const others = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, others.add(subscription));
    const undo = async (): Promise<void> => {
      if (!others.delete(subscription) || others.size > 0) return;
      this.channels.delete(channel);
      const { client } = this;
      if (client) await this.run(client, `UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
    };
    try {
      await this.options.patiently(async () => {
        await this.run(await this.connected(), `LISTEN ${pg.escapeIdentifier(channel)}`);
      });
    } catch (error) {
      await undo();
      throw error;
    }
    return undo;
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearInterval(this.heartbeat);
    await this.connecting?.catch(() => undefined);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private run(client: pg.Client, text: string, timeoutMs?: number): Promise<unknown> {
    const statement = { text, ...(timeoutMs !== undefined && { query_timeout: timeoutMs }) };
    return this.turns.hold('', () => client.query(statement));
  }

  private connected(): Promise<pg.Client> {
    if (this.client) return Promise.resolve(this.client);
    this.connecting ??= this.connect().finally(() => (this.connecting = null));
    return this.connecting;
  }

  private async connect(): Promise<pg.Client> {
    const { place, applicationName } = this.options;
    const client = new pg.Client({ ...place.config, application_name: applicationName });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('Connection terminated')));
    client.on('notification', ({ channel, payload = '' }) => this.told(channel, payload));
    try {
      await client.connect();
      for (const channel of this.channels.keys()) {
        await this.run(client, `LISTEN ${pg.escapeIdentifier(channel)}`);
      }
      this.closing.signal.throwIfAborted();
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    this.heartbeat = setInterval(() => {
      this.run(client, 'SELECT', HEARTBEAT_TIMEOUT_MS).catch((error: unknown) => this.lost(client, error));
    }, HEARTBEAT_MS);
    return client;
  }

  private told(channel: string, payload: string): void {
    for (const { listener } of this.channels.get(channel) ?? []) this.call(() => listener(payload));
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    clearInterval(this.heartbeat);
    this.options.onError(explain(error, this.options.place));
    client.end().catch(() => undefined);
    void this.reconnect();
  }

  /** However long it takes. */
  private async reconnect(): Promise<void> {
    const { signal } = this.closing;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const client = await this.connected().catch(() => null);
      if (client) {
        for (const { onReconnect } of [...this.channels.values()].flatMap((all) => [...all])) {
          this.call(onReconnect);
        }
        return;
      }
      await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined);
    }
  }

  /** What a listener throws must not end the connection. */
  private call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.options.onError(error);
    }
  }
}
