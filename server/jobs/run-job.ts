/** One job from its turn to its end: its process, what it reports, and what becomes of it when it crashes. */
import type { EngineChoice } from '../../shared/request.ts';
import type { ErrorBody } from '../../shared/protocol.ts';
import type { JobReport } from '../panorama/make-panorama.ts';
import { isDatabaseAway } from '../database/errors.ts';
import { patiently } from '../database/patience.ts';
import { startJobProcess, type ProcessEnd } from './job-process.ts';
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { ProcessMessage } from './messages.ts';
import type { Paces } from './paces.ts';
import type { Claim, Progress, Record, Records, StartLimits } from './records.ts';
import type { Webhooks } from './webhooks.ts';

/** A job that crashes its process so often without finishing a step in between has failed. */
const MAX_CRASHES = 2;
/** The same of the server: it may be the job that takes the machine down. Long before that it waits for all others. */
const MAX_INTERRUPTIONS = 10;
/** Progress is written twice a second. */
const PROGRESS_INTERVAL_MS = 500;
/** A run whose database is away for longer is given up: another worker may have it by then. */
const AWAY_MS = 5 * 60 * 1000;

export interface RunContext extends StartLimits {
  readonly records: Records;
  readonly files: JobFiles;
  readonly webhooks: Webhooks;
  /** The claim holds from now on. */
  readonly onStarted: () => void;
  readonly engine: EngineChoice;
  /** The bundled `job-program.ts`. */
  readonly program: URL;
  readonly paces: Paces;
  readonly log: JobLog;
}

/** Why a run is stopped from outside: it was canceled, forgotten or taken over, or the server is stopping. */
export type StopReason = 'lost' | 'server-stops';

/**
 * What became of a run: it ended the job; the job is no longer this run's; it waits for another job; it was stopped and
 * is still this worker's to hand back, at once or when the store is there again.
 */
export type RunEnd = 'over' | 'lost' | 'waits' | 'stopped' | 'store-away';

type Outcome =
  | { readonly type: 'done'; readonly report: JobReport; readonly peakBytes: number }
  | { readonly type: 'failed'; readonly error: ErrorBody }
  | { readonly type: 'crashed'; readonly status: ProcessEnd }
  | { readonly type: 'stopped'; readonly reason: StopReason };

/**
 * Runs a panorama's job to its end. `signal` stops it, with a `StopReason` for its reason; resolves when its process is
 * gone. Rejects where the database fails: then the queue delivers it again.
 */
export async function runJob(claim: Claim, context: RunContext, signal: AbortSignal): Promise<RunEnd> {
  const { records, log } = context;
  const started = await records.start(claim, context);
  if (started === 'waits') return 'waits';
  if (started === 'ended') return 'lost';
  context.onStarted();
  // What stopped it before is told to nobody again.
  if (!(await persist(() => records.holds(claim), signal))) return 'lost';
  if (started.interruptions >= MAX_INTERRUPTIONS) {
    const message = `the server ended ${started.interruptions} times while this panorama was made; a smaller frame or preset may fit the machine`;
    return end(claim, context, { code: 'crashed', kind: 'machine', message }, signal);
  }
  const again = () => persist(() => records.get(claim.id), signal);
  for (let record: Record | null = started.record; record; record = await again()) {
    const outcome = await runOnce(record, claim, context, signal);
    switch (outcome.type) {
      case 'done':
        log.done(claim.id, outcome.report, outcome.peakBytes);
        await persist(() => context.paces.add(outcome.report), signal);
        return end(claim, context, null, signal);
      case 'failed':
        // It is not the job's fault, and passes.
        if (outcome.error.code === 'store-away') return 'store-away';
        return end(claim, context, outcome.error, signal);
      case 'stopped':
        return outcome.reason === 'lost' ? 'lost' : 'stopped';
      case 'crashed': {
        log.crashed(claim.id, outcome.status);
        const crashes = await persist(() => records.crash(claim), signal);
        if (crashes === null) return 'lost';
        if (crashes >= MAX_CRASHES) return end(claim, context, crashError(outcome.status), signal);
        break;
      }
      default:
        return outcome satisfies never;
    }
  }
  return 'lost';
}

function crashError(status: ProcessEnd): ErrorBody {
  const how =
    status === 'SIGKILL'
      ? 'was killed, most likely for want of memory'
      : status === 'silent'
        ? 'said nothing for a quarter of an hour and was killed'
        : `ended unasked (${status})`;
  return {
    code: 'crashed',
    kind: 'machine',
    message: `the job's process ${how}, twice; a smaller frame, maximum size or preset may fit the machine`,
  };
}

async function end(
  claim: Claim,
  { records, files, webhooks, log }: RunContext,
  error: ErrorBody | null,
  signal: AbortSignal,
): Promise<'over' | 'lost'> {
  const { id } = claim;
  const ending = () => webhooks.ending((sql) => records.end(claim, error, sql), id);
  if (!(await persist(ending, signal))) return 'lost';
  log.ended(id, error ? 'failed' : 'succeeded', error);
  await keepEnd(id, records, files);
  return 'over';
}

/** Keeps how a panorama ended beside its pictures, for a database that is lost. */
export async function keepEnd(id: string, records: Records, files: JobFiles): Promise<void> {
  const record = await records.get(id);
  if (!record) return;
  const { status, phase, error, variants, preview, startedAt, endedAt } = record.panorama;
  const bare = variants.map(({ url: _, ...variant }) => variant);
  await files
    .writeEnded(id, { status, phase, error, variants: bare, preview, startedAt, endedAt })
    // Forgotten meanwhile, or a full disk: the database knows it all the same.
    .catch(() => undefined);
}

async function runOnce(
  { panorama }: Record,
  claim: Claim,
  context: RunContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { files, engine, program, paces, log } = context;
  const { id, request, variants } = panorama;
  if (signal.aborted) return { type: 'stopped', reason: signal.reason as StopReason };
  const report = new Reporter(claim, context, signal);
  const process = startJobProcess({
    program,
    assignment: {
      id,
      blobs: files.blobs.place,
      request,
      engine,
      delivered: variants.map(({ n }) => n),
      pace: paces.pace,
    },
    onMessage: (message) => report.take(message),
    onLine: (line) => log.line(id, line),
  });
  log.started(id, process.pid);
  const stop = () => process.stop();
  signal.addEventListener('abort', stop);
  void report.failed.then(stop);
  try {
    const status = await process.gone;
    await report.settled();
    // What it could still finish counts, though it was stopped meanwhile.
    const { outcome } = report;
    if (outcome && outcome.type !== 'stopped') return outcome;
    if (signal.aborted) return { type: 'stopped', reason: signal.reason as StopReason };
    return outcome ?? { type: 'crashed', status };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * A database that is away for longer than a statement waits is no reason to do all again. What is done may be done twice,
 * as with any statement whose answer was lost.
 */
function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return patiently(work, { patienceMs: AWAY_MS, mayPass: isDatabaseAway, signal });
}

/** Writes down what a process reports, in its order. */
class Reporter {
  outcome: Exclude<Outcome, { type: 'crashed' }> | null = null;
  private latest: Progress | null = null;
  private timer: NodeJS.Timeout | null = null;
  private written: Promise<void> = Promise.resolve();
  private fail: () => void = () => undefined;
  /** Resolves when something cannot be written: then nothing more is. */
  readonly failed = new Promise<void>((resolve) => (this.fail = resolve));

  constructor(
    private readonly claim: Claim,
    private readonly context: RunContext,
    private readonly signal: AbortSignal,
  ) {}

  take(message: ProcessMessage): void {
    const { records, log } = this.context;
    switch (message.type) {
      case 'progress':
        this.latest = message.progress;
        this.timer ??= setTimeout(() => this.flush(), PROGRESS_INTERVAL_MS);
        return;
      case 'scale':
        return this.then(() => records.scale(this.claim, message.scale));
      case 'variant':
        return this.then(() => records.variant(this.claim, message.variant, message.preview));
      case 'done':
        this.outcome = message;
        return;
      case 'failed':
        if (message.bug !== undefined) log.bug(this.claim.id, message.error.message, message.bug);
        this.outcome = { type: 'failed', error: message.error };
        return;
      case 'stopped':
        // Where nobody here told it to, it shall be run again all the same.
        this.outcome = { type: 'stopped', reason: 'server-stops' };
        return;
      case 'ready':
        return;
      default:
        return message satisfies never;
    }
  }

  /** Resolves when all of it is written; rejects where it cannot be. */
  async settled(): Promise<void> {
    this.flush();
    await this.written;
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const progress = this.latest;
    this.latest = null;
    if (progress) this.then(() => this.context.records.progress(this.claim, progress));
  }

  private then(write: () => Promise<void>): void {
    this.written = this.written.then(() => persist(write, this.signal));
    // Told when it is settled; a rejection must not be unheard until then.
    this.written.catch(this.fail);
  }
}
