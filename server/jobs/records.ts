/** What is kept of each panorama: rows to panoramas and back, and the few ways in which a row changes. */
import type { ErrorBody, MadeVariant, Panorama, Phase, ScaleEvent, Status } from '../../shared/protocol.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import type { Size } from '../../shared/geometry.ts';
import type { Sql } from '../database/database.ts';
import type { Accepted, Ended } from './job-files.ts';
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

export interface Record {
  readonly panorama: Panorama;
  readonly fingerprint: string;
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

export class Records {
  /** `jobs` run at once: those ahead share them. */
  constructor(
    private readonly sql: Sql,
    private readonly jobs: number,
  ) {}

  async insert(record: NewRecord, sql: Sql = this.sql): Promise<void> {
    const { id, fingerprint, request, image, estimatedSeconds, createdAt } = record;
    await sql.query(
      `INSERT INTO panorama.panoramas (id, fingerprint, request, image, estimated_seconds, priority, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, fingerprint, request, image, estimatedSeconds, priorityOf(request), createdAt],
    );
  }

  async get(id: string): Promise<Record | null> {
    const [row] = await this.sql.query<Row>(`${SELECT} WHERE p.id = $1`, [id]);
    return row ? this.recordOf(row) : null;
  }

  /** Newest first, from after `before`. */
  async list(limit: number, before: { createdAt: Date; id: string } | null): Promise<Record[]> {
    const rows = await this.sql.query<Row>(
      `${SELECT} WHERE $2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid)
       ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
      [limit, before?.createdAt ?? null, before?.id ?? null],
    );
    return rows.map((row) => this.recordOf(row));
  }

  async counts(): Promise<{ queued: number; running: number }> {
    const [row] = await this.sql.query<{ queued: number; running: number }>(
      `SELECT count(*) FILTER (WHERE status = 'queued')::integer AS queued,
        count(*) FILTER (WHERE status = 'running')::integer AS running
       FROM panorama.panoramas WHERE status IN ('queued', 'running')`,
    );
    return row ?? { queued: 0, running: 0 };
  }

  /** Seconds until a job sent now would start. */
  async waitSeconds(): Promise<number> {
    const [row] = await this.sql.query<{ jobs: number; seconds: number }>(
      `SELECT count(*)::integer AS jobs, ${SECONDS_LEFT} AS seconds
       FROM panorama.panoramas WHERE status IN ('queued', 'running')`,
    );
    return row && row.jobs >= this.jobs ? row.seconds / this.jobs : 0;
  }

  async ids(): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>('SELECT id FROM panorama.panoramas');
    return rows.map(({ id }) => id);
  }

  /** Those that wait. */
  queued(): Promise<{ id: string; priority: number; createdAt: Date }[]> {
    return this.sql.query(
      `SELECT id, priority, created_at AS "createdAt" FROM panorama.panoramas WHERE status = 'queued'
       ORDER BY created_at, id`,
    );
  }

  /** Its turn has come; null where it has ended meanwhile. Also tells how often a server ended meanwhile. */
  async start(id: string): Promise<{ record: Record; interruptions: number } | null> {
    const [row] = await this.sql.query<{ interruptions: number }>(
      `UPDATE panorama.panoramas SET status = 'running', started_at = coalesce(started_at, now()),
        sequence = sequence + 1
       WHERE id = $1 AND status IN ('queued', 'running') RETURNING interruptions`,
      [id],
    );
    const record = row && (await this.get(id));
    return record ? { record, interruptions: row.interruptions } : null;
  }

  /**
   * What was running when the server ended goes back into the queue: first, or last where that has happened again and
   * again without a finished step.
   */
  async interrupted(): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET status = 'queued', remaining = NULL, sequence = sequence + 1,
        interruptions = interruptions + 1,
        priority = CASE WHEN interruptions + 1 >= $1 THEN $2::integer ELSE $3::integer END
       WHERE status = 'running'`,
      [SUSPICIOUS, PRIORITY.suspect, PRIORITY.interrupted],
    );
  }

  /** Its process ended unasked. How often that was since the last finished step; null where it runs no more. */
  async crash(id: string): Promise<number | null> {
    const [row] = await this.sql.query<{ crashes: number }>(
      `UPDATE panorama.panoramas SET crashes = crashes + 1, sequence = sequence + 1
       WHERE id = $1 AND status = 'running' RETURNING crashes`,
      [id],
    );
    return row?.crashes ?? null;
  }

  /** Back into the queue, before the others: its run was stopped, not at fault. */
  async handBack(id: string): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET status = 'queued', priority = $2, remaining = NULL, sequence = sequence + 1
       WHERE id = $1 AND status = 'running'`,
      [id, PRIORITY.interrupted],
    );
  }

  async progress(id: string, { phase, fraction, scale, scales, remaining }: Progress): Promise<void> {
    // A job that is run again begins anew; what the user was shown never goes back.
    await this.sql.query(
      `UPDATE panorama.panoramas SET phase = $2, fraction = greatest(fraction, $3), scale = $4, scales = $5,
        remaining = $6 WHERE id = $1 AND status = 'running'`,
      [id, phase, fraction, scale ?? null, scales ?? null, remaining ?? null],
    );
  }

  async scale(id: string, event: ScaleEvent): Promise<void> {
    await this.sql.query(
      `WITH changed AS (
        UPDATE panorama.panoramas SET sequence = sequence + 1, crashes = 0, interruptions = 0,
          preview = CASE WHEN jsonb_path_exists(variants, '$[*] ? (@.n > 0)') THEN preview ELSE $3 END
        WHERE id = $1 AND status = 'running' RETURNING id, sequence
      ) INSERT INTO panorama.scales SELECT id, sequence, $2 FROM changed`,
      [id, event, event.preview],
    );
  }

  /** A picture is whole on the disk. The draft is shown until the first variant is there. */
  async variant(id: string, variant: MadeVariant, preview: string): Promise<void> {
    await this.sql.query(
      `UPDATE panorama.panoramas SET sequence = sequence + 1, crashes = 0, interruptions = 0,
        preview = CASE WHEN $3 <= 1 THEN $4 ELSE preview END,
        variants = jsonb_path_query_array(variants, '$[*] ? (@.n != $n)', jsonb_build_object('n', $3::integer))
          || jsonb_build_array($2::jsonb)
       WHERE id = $1 AND status = 'running'`,
      [id, variant, variant.n, preview],
    );
  }

  /** Ends a panorama once: false where it had ended, or was forgotten, before. */
  async end(id: string, status: Status, error: ErrorBody | null): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE panorama.panoramas SET status = $2, error = $3, ended_at = now(), sequence = sequence + 1,
        remaining = NULL, scale = NULL, scales = NULL, fraction = CASE $2 WHEN 'succeeded' THEN 1 ELSE fraction END
       WHERE id = $1 AND status IN ('queued', 'running') RETURNING id`,
      [id, status, error],
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
    const wait = (row.seconds_ahead ?? 0) / this.jobs;
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
    return { panorama, fingerprint: row.fingerprint, sequence: row.sequence };
  }
}
