/** How fast this machine is: what finished jobs took, against what was planned. */
import { PHASES } from '../../shared/protocol.ts';
import type { JobReport } from '../panorama/make-panorama.ts';
import type { Pace } from '../panorama/plan.ts';
import type { Sql } from '../database/database.ts';

/** So many of the latest jobs count. */
const REMEMBERED = 15;
/** Shorter phases say little. */
const MIN_PLANNED_SECONDS = 0.2;

export class Paces {
  private current: Pace = {};

  private constructor(private readonly sql: Sql) {}

  static async load(sql: Sql): Promise<Paces> {
    const paces = new Paces(sql);
    await paces.read();
    return paces;
  }

  /** Of each phase the median; a phase that was never measured is left out. */
  get pace(): Pace {
    return this.current;
  }

  /** Takes a finished job into account. */
  async add({ phases }: JobReport): Promise<void> {
    for (const phase of PHASES) {
      const time = phases[phase];
      if (!time || time.planned < MIN_PLANNED_SECONDS) continue;
      // The job was planned at the pace of then.
      const pace = (time.seconds / time.planned) * (this.current[phase] ?? 1);
      await this.sql.query('INSERT INTO panorama.paces (phase, pace) VALUES ($1, $2)', [phase, pace]);
    }
    await this.sql.query(
      `DELETE FROM panorama.paces WHERE measured IN (
        SELECT measured FROM (
          SELECT measured, row_number() OVER (PARTITION BY phase ORDER BY measured DESC) AS age FROM panorama.paces
        ) aged WHERE age > $1
      )`,
      [REMEMBERED],
    );
    await this.read();
  }

  private async read(): Promise<void> {
    const rows = await this.sql.query<{ phase: string; pace: number }>(
      'SELECT phase, percentile_cont(0.5) WITHIN GROUP (ORDER BY pace) AS pace FROM panorama.paces GROUP BY phase',
    );
    this.current = Object.fromEntries(rows.map(({ phase, pace }) => [phase, pace]));
  }
}
