/** How things stand with the server: looks for it, notices when it goes, comes back to it by itself. */
import { computed, signal } from '@preact/signals';
import { ClientError, type PanoramaApi, type ServerAddress } from '../../../shared/client.ts';
import type { ServerInfo } from '../../../shared/protocol.ts';
import type { Host } from '../host.ts';
import { readSetting, writeSetting } from '../settings.ts';
import { after, isAbort, type Undo } from '../undo.ts';
import { reporting } from './reporting-api.ts';

export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'ready'; readonly info: ServerInfo }
  /** `wrong` where a token was sent and refused. */
  | { readonly state: 'unauthorized'; readonly wrong: boolean }
  | { readonly state: 'away'; readonly message: string }
  | { readonly state: 'incompatible'; readonly message: string };

export interface ConnectionTiming {
  /** Between two looks while all is well. */
  readonly checkMs: number;
  /** Before the first new look at a server that is away; twice as long each time, up to `longestMs`. */
  readonly backoffMs: number;
  readonly longestMs: number;
}

export const CONNECTION_TIMING: ConnectionTiming = { checkMs: 20_000, backoffMs: 1000, longestMs: 15_000 };

export class Connection {
  readonly #host: Host;
  readonly #timing: ConnectionTiming;
  readonly #state = signal<ConnectionState>({ state: 'connecting' });
  readonly #address = signal<ServerAddress>({ url: '', token: '' });
  readonly #looking = signal(false);
  #failures = 0;
  #undoTimer: Undo = () => undefined;
  #check = new AbortController();

  readonly state = computed(() => this.#state.value);
  /** While an answer is waited for. */
  readonly looking = computed(() => this.#looking.value);
  readonly address = computed(() => this.#address.value);
  readonly ready = computed(() => this.#state.value.state === 'ready');
  readonly info = computed(() => (this.#state.value.state === 'ready' ? this.#state.value.info : null));
  /** The client for the present address; what its calls come to is noticed here too. */
  readonly api = computed<PanoramaApi>(() =>
    reporting(this.#host.api(this.#address.value), (error) => this.#hear(error)),
  );

  constructor(host: Host, timing: ConnectionTiming = CONNECTION_TIMING) {
    this.#host = host;
    this.#timing = timing;
  }

  /** Takes the token that came with the address, else the one kept, and looks for the server until undone. */
  async start(): Promise<Undo> {
    const { server, start, storage } = this.#host;
    const kept = await readSetting(storage, 'address');
    // A token is for the server that it was kept for, and for no other.
    const known = server === null || server === kept.url ? kept.token : '';
    this.#setAddress({ url: server ?? kept.url, token: start.token ?? known });
    void this.look();
    return () => {
      this.#undoTimer();
      this.#check.abort();
    };
  }

  /** Looks at once, instead of when the next look is due. */
  async look(): Promise<void> {
    this.#undoTimer();
    this.#check.abort();
    const check = new AbortController();
    this.#check = check;
    const { url, token } = this.#address.value;
    if (token === '' || url === '') {
      this.#state.value = { state: 'unauthorized', wrong: false };
      return;
    }
    this.#looking.value = true;
    try {
      const info = await this.#host.api({ url, token }).server(check.signal);
      if (check.signal.aborted) return;
      this.#failures = 0;
      this.#state.value = { state: 'ready', info };
      this.#lookAfter(this.#timing.checkMs);
    } catch (error) {
      if (isAbort(error) || check.signal.aborted) return;
      this.#fail(error);
    } finally {
      if (this.#check === check) this.#looking.value = false;
    }
  }

  /** Uses this token, at this address where the user names one. */
  async connect(token: string, url?: string): Promise<void> {
    this.#setAddress({ url: url ?? this.#address.value.url, token });
    await this.look();
  }

  #setAddress(address: ServerAddress): void {
    const url = address.url.trim().replace(/\/+$/, '');
    this.#address.value = { url, token: address.token.trim() };
    void writeSetting(this.#host.storage, 'address', this.#address.value);
  }

  /** Of any call: one that got no connection means a look, and one that was refused a token asks for it. */
  #hear(error: unknown): void {
    if (!(error instanceof ClientError) || error.code === 'refused') return;
    if (this.#state.value.state === 'ready') this.#fail(error);
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof ClientError ? error.code : 'unreachable';
    switch (code) {
      case 'unauthorized':
        this.#undoTimer();
        this.#state.value = { state: 'unauthorized', wrong: true };
        return;
      case 'incompatible':
        this.#state.value = { state: 'incompatible', message };
        this.#lookAfter(this.#timing.longestMs);
        return;
      case 'unreachable':
      case 'refused': {
        const { backoffMs, longestMs } = this.#timing;
        const waitMs = Math.min(longestMs, backoffMs * 2 ** this.#failures);
        this.#failures += 1;
        this.#state.value = { state: 'away', message };
        this.#lookAfter(waitMs);
        return;
      }
      default:
        code satisfies never;
    }
  }

  #lookAfter(ms: number): void {
    this.#undoTimer();
    this.#undoTimer = after(ms, () => void this.look());
  }
}
