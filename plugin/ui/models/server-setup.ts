/** Naming a server: address and token as they are typed, the check, and taking the server up where it is ready. */
import { computed, signal } from '@preact/signals';
import { isAbort } from '../undo.ts';
import type { CheckEnvironment } from './check-environment.ts';
import { checkConnection, type CheckResult } from './connection-check.ts';
import type { Connection } from './connection.ts';
import { connectionReport } from './connection-report.ts';
import { normalizeAddress } from './server-address.ts';

export interface ServerSetupOptions {
  readonly pluginVersion: string;
  /** The only server that may be named; null where the user names one. */
  readonly server?: string | null;
}

export class ServerSetup {
  readonly #connection: Pick<Connection, 'address' | 'connect'>;
  readonly #environment: CheckEnvironment;
  readonly #pluginVersion: string;
  /** Null until something is typed: what is kept may be read later than this is made. */
  readonly #address = signal<string | null>(null);
  readonly #token = signal<string | null>(null);
  readonly #tokenShown = signal(false);
  readonly #checking = signal(false);
  readonly #result = signal<CheckResult | null>(null);
  #check = new AbortController();

  /** The only server that may be named, or null. */
  readonly server: string | null;
  readonly address = computed(() => this.server ?? this.#address.value ?? this.#connection.address.value.url);
  readonly token = computed(() => this.#token.value ?? this.#connection.address.value.token);
  readonly tokenShown = computed(() => this.#tokenShown.value);
  readonly checking = computed(() => this.#checking.value);
  /** Of the last check that ended. */
  readonly result = computed(() => this.#result.value);

  constructor(
    connection: Pick<Connection, 'address' | 'connect'>,
    environment: CheckEnvironment,
    { pluginVersion, server = null }: ServerSetupOptions,
  ) {
    this.#connection = connection;
    this.#environment = environment;
    this.#pluginVersion = pluginVersion;
    this.server = server;
  }

  typeAddress(text: string): void {
    this.stop();
    this.#address.value = text;
  }

  typeToken(text: string): void {
    this.stop();
    this.#token.value = text;
  }

  toggleToken(): void {
    this.#tokenShown.value = !this.#tokenShown.value;
  }

  /** Puts the address in order; a token that came with it goes to its own field. */
  tidy(): void {
    const address = normalizeAddress(this.address.value);
    if (!address.ok) return;
    this.#address.value = address.url;
    if (address.token !== null) this.#token.value = address.token;
  }

  /** Ends the check that runs. What the last one came to stays. */
  stop(): void {
    this.#check.abort();
    this.#checking.value = false;
  }

  /** Resolves to what it came to; null where a newer check, a change or a stop came first. */
  async check(): Promise<CheckResult | null> {
    this.stop();
    this.tidy();
    const check = new AbortController();
    this.#check = check;
    this.#checking.value = true;
    try {
      const target = { url: this.address.value, token: this.token.value.trim() };
      const result = await checkConnection(target, this.#environment, check.signal);
      if (check.signal.aborted) return null;
      this.#result.value = result;
      return result;
    } catch (error) {
      if (isAbort(error)) return null;
      throw error;
    } finally {
      if (this.#check === check) this.#checking.value = false;
    }
  }

  /** Checks, and takes the server up where it is ready. Resolves to whether it is. */
  async save(): Promise<boolean> {
    const result = await this.check();
    if (result?.finding.cause !== 'ready' || result.url === null) return false;
    await this.#connection.connect(this.token.value.trim(), result.url);
    return true;
  }

  /** With another address, such as the one that a check suggests. */
  saveAt(address: string): Promise<boolean> {
    this.typeAddress(address);
    return this.save();
  }

  /** The last check as text; empty where there was none. */
  report(time = new Date()): string {
    const result = this.#result.value;
    const { token } = this;
    return result
      ? connectionReport(result, { pluginVersion: this.#pluginVersion, time, token: token.value })
      : '';
  }
}
