/** What is kept of each panorama: rows to panoramas and back, and the few ways in which a row changes. */
import type { ErrorBody, MadeVariant, Panorama, Phase, ScaleEvent, Status } from '../../shared/protocol.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import type { Size } from '../../shared/geometry.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Accepted, Ended } from './job-files.ts';
import type { Queued } from './queue.ts';
import { secondsRange } from './seconds.ts';

/** Drafts overtake trainings, and what was interrupted goes first, unless it may be what ends the server. */
export const PRIORITY = { suspect: -10, normal: 0, draft: 10, interrupted: 20 } as const;
/** So many interruptions without a finished step make a suspect. */
const SUSPICIOUS = 2;

export function priorityOf({ preset }: PanoramaRequest): number {
  return preset === 'draft' ? PRIORITY.draft : PRIORITY.normal;
}

export interface NewRecord extends Accepted {
  readonly id: string;
}

/** A worker's hold on a job; whoever holds it no longer can write nothing more. */
export interface Claim {
  readonly id: string;
  /** Of this run alone. */
  readonly run: string;
}

/** What is asked of a job that starts. */
export interface StartLimits {
  /** The worker's name. */
  readonly worker: string;
  /** Panoramas of one owner that may run at once. */
  readonly perOwner: number;
  /** What the worker has. */
  readonly memoryBytes: number;
}

/** `waits`: another job trains the same model now, its owner has enough that run, or it needs more memory. */
export type Started = { readonly record: Record; readonly interruptions: number } | 'ended' | 'waits';

export interface Record {
  readonly panorama: Panorama;
  readonly fingerprint: string;
  readonly owner: string;
  readonly webhook: string | null;
  /** Counts what a client must not miss: starts, scales, variants, the end. */
  readonly sequence: number;
}

export interface Progress {
  readonly phase: Phase;
  readonly fraction: number;
  readonly scale?: number | undefined;
  readonly scales?: number | undefined;
  readonly remaining?: { readonly low: number; readonly high: number } | undefined;
}

/** A scale with the place that it has in its panorama's sequence. */
export interface NumberedScale {
  readonly sequence: number;
  readonly event: ScaleEvent;
}

interface Row {
  id: string;
  fingerprint: string;
  request: Panorama['request'];
  image: Size;
  estimated_seconds: number;
  status: Status;
  phase: Phase | null;
  fraction: number;
  scale: number | null;
  scales: number | null;
  remaining: { low: number; high: number } | null;
  variants: MadeVariant[];
  preview: string | null;
  error: ErrorBody | null;
  sequence: number;
  owner: string;
  webhook: string | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  ahead: number | null;
  seconds_ahead: number | null;
}

/** Of rows that wait and that run: what is left of them all. */
const SECONDS_LEFT = `coalesce(sum(CASE status WHEN 'queued' THEN estimated_seconds
  ELSE coalesce((remaining->>'high')::double precision, estimated_seconds) END), 0)`;

/** Those ahead in the queue, with the seconds that they and what runs will take, are counted with the row. */
const SELECT = `SELECT p.*, q.ahead, q.seconds_ahead FROM panorama.panoramas p LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE status = 'queued')::integer AS ahead, ${SECONDS_LEFT} AS seconds_ahead
  FROM panorama.panoramas o
  WHERE o.status = 'running' OR (o.status = 'queued'
    AND (-o.priority, o.created_at, o.id) < (-p.priority, p.created_at, p.id))
) q ON p.status = 'queued'`;

const ENDS = `ended_at = now(), sequence = sequence + 1, remaining = NULL, scale = NULL, scales = NULL`;

/** The job of a claim. */
const HELD = `id = $1 AND run = $2 AND status = 'running'`;

/** Where a job has its model still to train. */
const TRAINS = `(phase IS NULL OR phase IN ('decode', 'draft', 'train'))`;

export class Records {
  /** `slots` tells how many jobs run at once: those ahead share them. */
  constructor(
    private readonly database: Database,
    private readonly slots: () => number,
  ) {}

  private get sql(): Sql {
    return this.database;
  }

  async insert(record: NewRecord, sql: Sql = this.sql): Promise<void> {
    const { id, fingerprint, request, image, estimatedSeconds, createdAt } = record;
    const { owner, model, memoryBytes, webhook } = record;
    await sql.query(
      `INSERT INTO panorama.panoramas (id, fingerprint, request, image, estimated_seconds, priority, created_at,
        owner, model, memory_bytes, webhook)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        fingerprint,
        request,
        image,
        estimatedSeconds,
        priorityOf(request),
        createdAt,
        owner,
        model,
        memoryBytes,
        webhook,
      ],
    );
  }

  async get(id: string): Promise<Record | null> {
    const [row] = await this.sql.query<Row>(`${SELECT} WHERE p.id = $1`, [id]);
    return row ? this.recordOf(row) : null;
  }

  /** Newest first, from after `before`. */
  async list(
    owner: string,
    limit: number,
    before: { createdAt: Date; id: string } | null,
  ): Promise<Record[]> {
    const rows = await this.sql.query<Row>(
      `${SELECT} WHERE p.owner = $4 AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))
       ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
      [limit, before?.createdAt ?? null, before?.id ?? null, owner],
    );
    return rows.map((row) => this.recordOf(row));
  }

  /** Of one owner, or of all. */
  async counts(owner: string | null = null): Promise<{ queued: number; running: number }> {
    const [row] = await this.sql.query<{ queued: number; running: number }>(
      `SELECT count(*) FILTER (WHERE status = 'queued')::integer AS queued,
        count(*) FILTER (WHERE status = 'running')::integer AS running
       FROM panorama.panoramas WHERE status IN ('queued', 'running') AND ($1::text IS NULL OR owner = $1)`,
      [owner],
    );
    return row ?? { queued: 0, running: 0 };
  }

  /** Seconds until a job sent now would start. */
  async waitSeconds(): Promise<number> {
    const [row] = await this.sql.query<{ jobs: number; seconds: number }>(
      `SELECT count(*)::integer AS jobs, ${SECONDS_LEFT} AS seconds
       FROM panorama.panoramas WHERE status IN ('queued', 'running')`,
    );
    const slots = this.slots();
    return row && row.jobs >= slots ? row.seconds / slots : 0;
  }

  /** By the database's clock, which all share. */
  async now(): Promise<string> {
    const [row] = await this.sql.query<{ now: Date }>('SELECT now() AS now');
    return (row?.now ?? new Date()).toISOString();
  }

  async ids(): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>('SELECT id FROM panorama.panoramas');
    return rows.map(({ id }) => id);
  }

  /** Those that wait. */
  queued(): Promise<(Queued & { createdAt: Date })[]> {
    return this.sql.query(
      `SELECT id, priority, owner, memory_bytes AS "memoryBytes", created_at AS "createdAt"
       FROM panorama.panoramas WHERE status = 'queued' ORDER BY created_at, id`,
    );
  }

  /** What those that wait and need more memory than `bytes` need. */
  async memoriesOver(bytes: number): Promise<number[]> {
    const rows = await this.sql.query<{ bytes: number }>(
      `SELECT DISTINCT memory_bytes AS bytes FROM panorama.panoramas
       WHERE status = 'queued' AND memory_bytes > $1`,
      [bytes],
    );
    return rows.map((row) => row.bytes);
  }

  /**
   * Its turn has come. One whose worker is gone is taken over, or waits for a larger one, which is counted; its worker can
   * then write nothing more. Starts are taken one after the other, so that two of them see each other.
   */
  async start({ id, run }: Claim, { worker, perOwner, memoryBytes }: StartLimits): Promise<Started> {
    const started = await this.database.transaction(async (sql): Promise<'ended' | 'waits' | number> => {
      const ended = async () => {
        // Its worker is gone, or it would have said so itself.
        await sql.query('UPDATE panorama.panoramas SET run = NULL WHERE id = $1 AND run IS NOT NULL', [id]);
        return 'ended' as const;
      };
      await sql.query(`SELECT pg_advisory_xact_lock(hashtext('panorama.start'))`);
      const [row] = await sql.query<{ bytes: number; trained: boolean; running: number }>(
        `SELECT memory_bytes AS bytes, EXISTS (SELECT FROM panorama.panoramas o
            WHERE o.id <> p.id AND o.status = 'running' AND o.model = p.model AND ${TRAINS}) AS trained,
          (SELECT count(*)::integer FROM panorama.panoramas o
            WHERE o.id <> p.id AND o.status = 'running' AND o.owner = p.owner) AS running
         FROM panorama.panoramas p WHERE id = $1 AND status IN ('queued', 'running')`,
        [id],
      );
      if (!row) return ended();
      if (row.bytes > memoryBytes) {
        await sql.query(
          `UPDATE panorama.panoramas SET status = 'queued', remaining = NULL, run = NULL, sequence = sequence + 1,
            interruptions = interruptions + 1 WHERE id = $1 AND status = 'running'`,
          [id],
        );
        return 'waits';
      }
      if (row.trained || row.running >= perOwner) return 'waits';
      const [taken] = await sql.query<{ interruptions: number }>(
        `UPDATE panorama.panoramas SET status = 'running', run = $2, worker = $3,
          started_at = coalesce(started_at, now()), sequence = sequence + 1,
          interruptions = interruptions + CASE status WHEN 'running' THEN 1 ELSE 0 END
         WHERE id = $1 AND status IN ('queued', 'running') RETURNING interruptions`,
        [id, run, worker],
      );
      return taken ? taken.interruptions : ended();
    });
    if (typeof started === 'string') return started;
    const record = await this.get(id);
    return record ? { record, interruptions: started } : 'ended';
  }

  /** Whether the claim still holds: the job runs, and nobody has taken it over. */
  async holds({ id, run }: Claim): Promise<boolean> {
    const rows = await this.sql.query(`SELECT FROM panorama.panoramas WHERE ${HELD}`, [id, run]);
    return rows.length > 0;
  }

  /** Whether it has ended, or is forgotten. */
  async hasEnded(id: string): Promise<boolean> {
    const rows = await this.sql.query(
      `SELECT FROM panorama.panoramas WHERE id = $1 AND status IN ('queued', 'running')`,
      [id],
    );
    return rows.length === 0;
  }

  /** Its process is gone, however it ended. */
  async release({ id, run }: Claim): Promise<void> {
    await this.sql.query('UPDATE panorama.panoramas SET run = NULL WHERE id = $1 AND run = $2', [id, run]);
  }

  /** Whether no process works on it any more, as far as its worker has told. */
  async isReleased(id: string): Promise<boolean> {
    const rows = await this.sql.query('SELECT FROM panorama.panoramas WHERE id = $1 AND run IS NOT NULL', [
      id,
    ]);
    return rows.length === 0;
  }

  /** What a worker of that name holds, as it goes back into the queue where that worker is gone: before the others. */
  heldBy(worker: string): Promise<Queued[]> {
    return this.sql.query(
      `SELECT id, $2::integer AS priority, owner, memory_bytes AS "memoryBytes" FROM panorama.panoramas
       WHERE status = 'running' AND worker = $1`,
      [worker, PRIORITY.interrupted],
    );
  }

  /** When the first of those that have begun and not ended began; one that was handed back goes on later. */
  async oldestStart(): Promise<Date | null> {
    const [row] = await this.sql.query<{ since: Date | null }>(
      `SELECT min(started_at) AS since FROM panorama.panoramas WHERE status IN ('queued', 'running')`,
    );
    return row?.since ?? null;
  }

  /**
   * What was running when the server ended goes back into the queue: first, or last where that has happened again and
   * again without a finished step.
   */
  async interrupted(): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET status = 'queued', remaining = NULL, run = NULL, sequence = sequence + 1,
        interruptions = interruptions + 1,
        priority = CASE WHEN interruptions + 1 >= $1 THEN $2::integer ELSE $3::integer END
       WHERE status = 'running'`,
      [SUSPICIOUS, PRIORITY.suspect, PRIORITY.interrupted],
    );
  }

  /** Its process ended unasked. How often that was since the last finished step; null where it runs no more. */
  async crash({ id, run }: Claim): Promise<number | null> {
    const [row] = await this.sql.query<{ crashes: number }>(
      `UPDATE panorama.panoramas SET crashes = crashes + 1, sequence = sequence + 1
       WHERE ${HELD} RETURNING crashes`,
      [id, run],
    );
    return row?.crashes ?? null;
  }

  /** Back into the queue, before the others: its run was stopped, not at fault. Null where it runs no more. */
  async handBack({ id, run }: Claim, sql: Sql = this.sql): Promise<Queued | null> {
    const [row] = await sql.query<Queued>(
      `UPDATE panorama.panoramas SET status = 'queued', priority = $3, remaining = NULL, run = NULL,
        sequence = sequence + 1
       WHERE ${HELD} RETURNING id, priority, owner, memory_bytes AS "memoryBytes"`,
      [id, run, PRIORITY.interrupted],
    );
    return row ?? null;
  }

  async progress({ id, run }: Claim, { phase, fraction, scale, scales, remaining }: Progress): Promise<void> {
    // A job that is run again begins anew; what the user was shown never goes back.
    await this.sql.query(
      `UPDATE panorama.panoramas SET phase = $3, fraction = greatest(fraction, $4), scale = $5, scales = $6,
        remaining = $7 WHERE ${HELD}`,
      [id, run, phase, fraction, scale ?? null, scales ?? null, remaining ?? null],
    );
  }

  async scale({ id, run }: Claim, event: ScaleEvent): Promise<void> {
    await this.sql.query(
      `WITH changed AS (
        UPDATE panorama.panoramas SET sequence = sequence + 1, crashes = 0, interruptions = 0,
          preview = CASE WHEN jsonb_path_exists(variants, '$[*] ? (@.n > 0)') THEN preview ELSE $4 END
        WHERE ${HELD} RETURNING id, sequence
      ) INSERT INTO panorama.scales SELECT id, sequence, $3 FROM changed`,
      [id, run, event, event.preview],
    );
  }

  /** A picture is whole in the store. The draft is shown until the first variant is there. */
  async variant({ id, run }: Claim, variant: MadeVariant, preview: string): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET sequence = sequence + 1, crashes = 0, interruptions = 0,
        preview = CASE WHEN $4 <= 1 THEN $5 ELSE preview END,
        variants = jsonb_path_query_array(variants, '$[*] ? (@.n != $n)', jsonb_build_object('n', $4::integer))
          || jsonb_build_array($3::jsonb)
       WHERE ${HELD}`,
      [id, run, variant, variant.n, preview],
    );
  }

  /** Ends a run once: false where it had ended, was canceled or forgotten, or was taken over before. */
  async end({ id, run }: Claim, error: ErrorBody | null, sql: Sql = this.sql): Promise<boolean> {
    const rows = await sql.query(
      `UPDATE panorama.panoramas SET status = $3, error = $4, ${ENDS},
        fraction = CASE $3 WHEN 'succeeded' THEN 1 ELSE fraction END
       WHERE ${HELD} RETURNING id`,
      [id, run, error ? 'failed' : 'succeeded', error],
    );
    return rows.length > 0;
  }

  /** Ends a panorama by its owner's word: false where it had ended, or was forgotten, before. */
  async cancel(id: string, sql: Sql = this.sql): Promise<boolean> {
    const rows = await sql.query(
      `UPDATE panorama.panoramas SET status = 'canceled', ${ENDS}
       WHERE id = $1 AND status IN ('queued', 'running') RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /** Puts back what is known of a panorama that had ended: of a database that was lost. */
  async restore(id: string, ended: Ended): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET status = $2, error = $3, variants = $4, preview = $5, started_at = $6,
        ended_at = $7, fraction = $8, phase = $9, sequence = 1 WHERE id = $1`,
      [
        id,
        ended.status,
        ended.error,
        JSON.stringify(ended.variants),
        ended.preview,
        ended.startedAt,
        ended.endedAt,
        ended.status === 'succeeded' ? 1 : 0,
        ended.phase,
      ],
    );
  }

  async remove(id: string): Promise<void> {
    await this.sql.query('DELETE FROM panorama.panoramas WHERE id = $1', [id]);
  }

  /** Those that have ended, the oldest first. */
  ended(): Promise<{ id: string; endedAt: Date }[]> {
    return this.sql.query(
      `SELECT id, ended_at AS "endedAt" FROM panorama.panoramas
       WHERE status NOT IN ('queued', 'running') ORDER BY ended_at`,
    );
  }

  async scalesAfter(id: string, sequence: number): Promise<NumberedScale[]> {
    return this.sql.query<NumberedScale>(
      'SELECT sequence, event FROM panorama.scales WHERE id = $1 AND sequence > $2 ORDER BY sequence',
      [id, sequence],
    );
  }

  private recordOf(row: Row): Record {
    const { id, status, ahead } = row;
    const wait = (row.seconds_ahead ?? 0) / this.slots();
    const panorama: Panorama = {
      id,
      status,
      phase: row.phase,
      progress: { fraction: row.fraction, scale: row.scale, scales: row.scales },
      queuePosition: ahead === null ? null : ahead + 1,
      remaining: ahead === null ? row.remaining : secondsRange(wait + row.estimated_seconds),
      variants: row.variants
        .toSorted((a, b) => a.n - b.n)
        .map((variant) => ({ ...variant, url: `/v1/panoramas/${id}/variants/${variant.n}` })),
      preview: row.preview,
      error: row.error,
      image: row.image,
      request: row.request,
      createdAt: row.created_at.toISOString(),
      startedAt: row.started_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
    };
    const { fingerprint, owner, webhook, sequence } = row;
    return { panorama, fingerprint, owner, webhook, sequence };
  }
}
