/** Calls a server once and, where no answer comes, tries from several sides why. */
import { parseJson } from '../../../shared/client-http.ts';
import { onAbort, unlessAborted } from '../../../shared/client-wait.ts';
import { after, undoAll } from '../undo.ts';
import { permissionFor, type CheckEnvironment, type Surroundings } from './check-environment.ts';
import { callServer, type Probe } from './connection-call.ts';
import { diagnose, type Diagnosis, type Facts } from './connection-diagnosis.ts';
import { isFigures, normalizeAddress, spaceOf } from './server-address.ts';

export interface CheckTarget {
  /** As the user wrote it, or normalized. */
  readonly url: string;
  /** Empty where there is none. */
  readonly token: string;
}

export interface CheckResult extends Diagnosis {
  /** Normalized; null where it is no address. */
  readonly url: string | null;
  /** Another address at which our server does answer. */
  readonly suggestion: string | null;
  /** The client's own line, where there was an error. */
  readonly message: string | null;
  readonly probes: readonly Probe[];
  readonly surroundings: Surroundings;
}

/** Where the server listens unless it is told otherwise. */
const USUAL_PORT = 8787;

/** Resolves to one cause, whatever happens; rejects with the signal's reason alone. */
export async function checkConnection(
  { url: text, token }: CheckTarget,
  environment: CheckEnvironment,
  signal: AbortSignal,
): Promise<CheckResult> {
  const address = normalizeAddress(text);
  const surroundings = await unlessAborted(signal, environment.surroundings());
  const probes: Probe[] = [];
  const basis = { url: null, suggestion: null, message: null, also: [], probes, surroundings };
  if (!address.ok) return { ...basis, finding: { cause: 'wrongAddress', found: address.problem } };

  const { url } = address;
  const { origin, hostname } = new URL(url);
  const policy = environment.watchPolicy();
  try {
    const { finding, silent, message, probe } = await callServer(
      environment,
      { url, token: token.trim() },
      signal,
    );
    probes.push(probe);
    const result = { ...basis, url, message };
    if (finding && finding.cause !== 'wrongAddress') return { ...result, finding };
    const attempts = new Attempts(environment, probes, signal);
    if (finding) return { ...result, finding, suggestion: await suggest(url, attempts) };
    // Whoever keeps one call waiting would keep them all.
    const [found, suggestion] = silent
      ? [NOTHING_FOUND, null]
      : await Promise.all([lookAround(url, attempts), suggest(url, attempts)]);
    const { online, passedOn } = surroundings;
    const diagnosis = diagnose({
      ...found,
      url,
      waitedMs: silent ? environment.timing.answerMs : null,
      online,
      forbidden: policy.origins.has(origin),
      page: surroundings,
      permission: permissionFor(spaceOf(hostname), surroundings),
      passedOn,
    });
    return { ...result, ...diagnosis, suggestion };
  } finally {
    policy.undo();
  }
}

type Found = Pick<Facts, 'readable' | 'answered' | 'otherSchemeAnswered' | 'hostAnswered' | 'name' | 'port'>;

const NOTHING_FOUND: Found = {
  readable: false,
  answered: false,
  otherSchemeAnswered: false,
  hostAnswered: false,
  name: 'unknown',
  port: 'unknown',
};

async function lookAround(url: string, attempts: Attempts): Promise<Found> {
  const { hostname, origin } = new URL(url);
  const needsName = !isFigures(hostname) && spaceOf(hostname) !== 'loopback';
  const usual = needsName ? [`https://${hostname}`, `http://${hostname}`] : [];
  const others = usual.filter((other) => other !== origin && other !== otherScheme(origin));
  const [readable, answered, otherSchemeAnswered, hostAnswered, { name, port }] = await Promise.all([
    attempts.isOurs(url),
    attempts.answers(`${url}/healthz`),
    attempts.answers(`${otherScheme(origin)}/`),
    Promise.all(others.map((other) => attempts.answers(`${other}/`))).then((all) => all.includes(true)),
    attempts.connect(url, needsName),
  ]);
  return { readable, answered, otherSchemeAnswered, hostAnswered, name, port };
}

/** Of the addresses that may have been meant, the first at which our server answers. */
async function suggest(url: string, attempts: Attempts): Promise<string | null> {
  const { hostname, port } = new URL(url);
  const meant = [otherScheme(url)];
  if (port === '' && spaceOf(hostname) !== 'public') meant.push(`http://${hostname}:${USUAL_PORT}`);
  const ours = await Promise.all(meant.map((other) => attempts.isOurs(other)));
  return meant.find((_, index) => ours[index]) ?? null;
}

function otherScheme(url: string): string {
  return url.startsWith('https:') ? url.replace('https:', 'http:') : url.replace('http:', 'https:');
}

/** Attempts that never throw but for the signal, and are written down. */
class Attempts {
  readonly #environment: CheckEnvironment;
  readonly #probes: Probe[];
  readonly #signal: AbortSignal;

  constructor(environment: CheckEnvironment, probes: Probe[], signal: AbortSignal) {
    this.#environment = environment;
    this.#probes = probes;
    this.#signal = signal;
  }

  /** Whether our server can be read there. It tells its health to whoever asks, without leave for a token's header. */
  async isOurs(url: string): Promise<boolean> {
    const answer = await this.#get(`${url}/healthz`, { mode: 'cors', redirect: 'manual' }, (response) =>
      response.text(),
    );
    const value = parseJson(answer ?? '');
    return typeof value === 'object' && value !== null && 'status' in value && value.status === 'ok';
  }

  /** Whether anything answers, which browsers let every page find out. */
  async answers(url: string): Promise<boolean> {
    const answer = await this.#get(url, { mode: 'no-cors' }, ({ type }) => Promise.resolve(type));
    return answer !== null;
  }

  /** Name and port by themselves; the port only where the name is no question. */
  async connect(url: string, needsName: boolean): Promise<Pick<Facts, 'name' | 'port'>> {
    const { hostname, port, protocol } = new URL(url);
    const number = Number(port) || (protocol === 'https:' ? 443 : 80);
    const { lookUpName, tryPort } = this.#environment;
    const name = needsName
      ? await this.#note(`name ${hostname}`, lookUpName(hostname, this.#signal))
      : 'found';
    if (name !== 'found') return { name, port: 'unknown' };
    return { name, port: await this.#note(`port ${number}`, tryPort(hostname, number, this.#signal)) };
  }

  /** What was read of an answer; null where none came in time. */
  async #get(
    url: string,
    init: RequestInit,
    read: (response: Response) => Promise<string>,
  ): Promise<string | null> {
    const { fetch, timing } = this.#environment;
    const over = new AbortController();
    const undos = [after(timing.probeMs, () => over.abort()), onAbort(this.#signal, () => over.abort())];
    const work = async () =>
      read(await fetch(url, { ...init, signal: over.signal, credentials: 'omit', cache: 'no-store' }));
    let answer: string | null = null;
    const result = unlessAborted(over.signal, work()).then(
      (text) => {
        answer = text;
        return 'answered';
      },
      (error: unknown) => (over.signal.aborted ? 'no answer' : String(error)),
    );
    await this.#note(`GET ${url} (${init.mode})`, result);
    undoAll(undos);
    this.#signal.throwIfAborted();
    return answer;
  }

  async #note<T extends string>(what: string, work: Promise<T>): Promise<T> {
    const { now } = this.#environment;
    const startMs = now();
    const result = await work;
    this.#probes.push({ what, result, ms: now() - startMs });
    return result;
  }
}
