/** Telling the end of panoramas to those who asked for it: each once, at the attempts that it takes. */
import { createHash } from 'node:crypto';
import type { PgBoss, SendOptions } from 'pg-boss';
import type { Database, Sql } from '../database/database.ts';
import { WebhookError } from '../webhooks/errors.ts';
import { retryDelaySeconds } from '../webhooks/retry-delay.ts';
import { sendWebhook } from '../webhooks/send-webhook.ts';
import { webhookBody } from '../webhooks/webhook-body.ts';
import { know } from './boss.ts';
import type { JobLog } from './log.ts';
import type { Records } from './records.ts';

const NAME = 'webhooks';
/** An attempt takes ten seconds at most; a process that ends meanwhile leaves it to another. */
const EXPIRE_SECONDS = 60;
/** Of failures that are not the receiver's. */
const RETRY_LIMIT = 100;

export interface WebhookSettings {
  readonly secret: string;
  /** Whether receivers in the own network are allowed. */
  readonly allowPrivate: boolean;
}

interface Attempt {
  readonly panorama: string;
  /** Counted from 1. */
  readonly attempt: number;
}

export class Webhooks {
  private constructor(
    private readonly boss: PgBoss,
    private readonly database: Database,
    private readonly records: Records,
    private readonly log: JobLog,
  ) {}

  static async open(boss: PgBoss, database: Database, records: Records, log: JobLog): Promise<Webhooks> {
    const queue = {
      expireInSeconds: EXPIRE_SECONDS,
      retryLimit: RETRY_LIMIT,
      retryDelay: 5,
      retryBackoff: true,
    };
    await boss.createQueue(NAME, { ...queue, retryDelayMax: 3600 });
    await know(boss, NAME);
    return new Webhooks(boss, database, records, log);
  }

  /** Ends a panorama by `end`, and with it, not before and not without it, has the end told. False where `end` says so. */
  ending(end: (sql: Sql) => Promise<boolean>, id: string): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      if (!(await end(sql))) return false;
      const [asked] = await sql.query<{ endedAt: Date }>(
        `SELECT ended_at AS "endedAt" FROM panorama.panoramas WHERE id = $1 AND webhook IS NOT NULL`,
        [id],
      );
      if (asked) await this.add({ panorama: id, attempt: 1 }, asked.endedAt, { db: sql.forQueue });
      return true;
    });
  }

  /** Begins to send. */
  async work(settings: WebhookSettings): Promise<void> {
    const options = { pollingIntervalSeconds: 1, localConcurrency: 4 };
    await this.boss.work<Attempt>(NAME, options, async ([job]) => {
      if (job) await this.send(job.data, settings);
    });
  }

  private async send({ panorama: id, attempt }: Attempt, settings: WebhookSettings): Promise<void> {
    const record = await this.records.get(id);
    // Forgotten meanwhile, or taken up again under the same id.
    if (!record?.webhook || record.panorama.endedAt === null) return;
    const { panorama, webhook } = record;
    const endedAt = new Date(panorama.endedAt ?? 0);
    const next = { panorama: id, attempt: attempt + 1 };
    // Left by a process that ended when it had seen to the next: that one is on its way.
    if (await this.has(next, endedAt)) return;
    const body = JSON.stringify(webhookBody(panorama, endedAt));
    const now = await this.now();
    try {
      await sendWebhook({ url: webhook, id: `${id}_${endedAt.getTime()}`, body, now, ...settings });
      this.log.told(id, attempt);
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      const seconds = error.retry ? retryDelaySeconds(attempt) : null;
      this.log.notTold(id, attempt, error, seconds);
      if (seconds === null) return;
      const startAfter = Math.ceil(Math.max(seconds, error.retryAfterSeconds ?? 0));
      await this.add(next, endedAt, { startAfter });
    }
  }

  /** An attempt is added once, however often that is asked for. */
  private async add(attempt: Attempt, endedAt: Date, options: SendOptions): Promise<void> {
    await this.boss.send(NAME, attempt, { ...options, id: idOf(attempt, endedAt) });
  }

  private async has(attempt: Attempt, endedAt: Date): Promise<boolean> {
    return (await this.boss.findJobs(NAME, { id: idOf(attempt, endedAt) })).length > 0;
  }

  /** The database's: receivers refuse what was signed by a clock that is wrong. */
  private async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: Date }>('SELECT now() AS now');
    return row?.now ?? new Date();
  }
}

/** A UUID of the attempt's own (version 8 of RFC 9562). */
function idOf({ panorama, attempt }: Attempt, endedAt: Date): string {
  const bytes = createHash('sha256')
    .update(`${panorama} ${endedAt.getTime()} ${attempt}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
