/** The schema of what the server keeps of its panoramas, as steps from one version to the next. */
import { JobError } from './errors.ts';
import type { Sql } from './database.ts';

const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE panorama.panoramas (
      id uuid PRIMARY KEY,
      fingerprint text NOT NULL,
      request jsonb NOT NULL,
      image jsonb NOT NULL,
      estimated_seconds double precision NOT NULL,
      priority integer NOT NULL,
      status text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
      phase text,
      fraction double precision NOT NULL DEFAULT 0,
      scale integer,
      scales integer,
      remaining jsonb,
      variants jsonb NOT NULL DEFAULT '[]',
      preview text,
      error jsonb,
      crashes integer NOT NULL DEFAULT 0,
      interruptions integer NOT NULL DEFAULT 0,
      sequence integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL,
      started_at timestamptz,
      ended_at timestamptz
    )`,
    'CREATE INDEX panoramas_newest ON panorama.panoramas (created_at DESC, id DESC)',
    `CREATE INDEX panoramas_next ON panorama.panoramas (priority DESC, created_at, id) WHERE status = 'queued'`,
    `CREATE TABLE panorama.scales (
      id uuid NOT NULL REFERENCES panorama.panoramas ON DELETE CASCADE,
      sequence integer NOT NULL,
      event jsonb NOT NULL,
      PRIMARY KEY (id, sequence)
    )`,
    `CREATE TABLE panorama.paces (
      measured bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      phase text NOT NULL,
      pace double precision NOT NULL
    )`,
    // No statement can forget to tell: ids only, whoever listens reads the row.
    `CREATE FUNCTION panorama.tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('panorama', coalesce(NEW.id, OLD.id)::text);
      IF TG_OP <> 'UPDATE' OR OLD.status <> NEW.status THEN
        PERFORM pg_notify('panorama_queue', '');
      END IF;
      RETURN NULL;
    END $$`,
    `CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON panorama.panoramas
      FOR EACH ROW EXECUTE FUNCTION panorama.tell()`,
  ],
];

/**
 * Brings the schema to this program's version, each step in a transaction.
 *
 * @throws JobError `database` where the schema is a newer program's
 */
export async function migrate(
  sql: Sql,
  transaction: (work: (sql: Sql) => Promise<void>) => Promise<void>,
): Promise<void> {
  await sql.query('CREATE SCHEMA IF NOT EXISTS panorama');
  await sql.query('CREATE TABLE IF NOT EXISTS panorama.schema_version (version integer NOT NULL)');
  const [row] = await sql.query<{ version: number }>('SELECT version FROM panorama.schema_version');
  const found = row?.version ?? 0;
  if (found > STEPS.length) {
    throw new JobError(
      'database',
      'machine',
      `database: expected schema version ${STEPS.length} or older, got ${found}, made by a newer server; start that one`,
    );
  }
  for (const [index, statements] of STEPS.entries()) {
    if (index < found) continue;
    await transaction(async (tx) => {
      for (const statement of statements) await tx.query(statement);
      await tx.query('DELETE FROM panorama.schema_version');
      await tx.query('INSERT INTO panorama.schema_version VALUES ($1)', [index + 1]);
    });
  }
}
