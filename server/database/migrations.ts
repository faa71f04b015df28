/** The schema of what the server keeps of its panoramas, as steps from one version to the next. */
import type { Database, Sql } from './database.ts';
import { DatabaseError } from './errors.ts';

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
  // Several workers, several owners.
  [
    `ALTER TABLE panorama.panoramas
      ADD owner text NOT NULL DEFAULT 'default',
      ADD model text,
      ADD memory_bytes double precision NOT NULL DEFAULT 0,
      ADD webhook text,
      ADD run uuid,
      ADD worker text`,
    'CREATE INDEX panoramas_of_owner ON panorama.panoramas (owner, created_at DESC, id DESC)',
    `CREATE INDEX panoramas_active ON panorama.panoramas (owner, status) WHERE status IN ('queued', 'running')`,
    `CREATE INDEX panoramas_large ON panorama.panoramas (memory_bytes) WHERE status = 'queued'`,
    `CREATE TABLE panorama.workers (
      name text PRIMARY KEY,
      version text NOT NULL,
      engine text NOT NULL,
      device text NOT NULL,
      memory_bytes double precision NOT NULL,
      jobs integer NOT NULL,
      seen_at timestamptz NOT NULL
    )`,
    `CREATE OR REPLACE FUNCTION panorama.tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('panorama', coalesce(NEW.id, OLD.id)::text);
      IF TG_OP <> 'UPDATE' OR OLD.status <> NEW.status THEN
        PERFORM pg_notify('panorama_queue', '');
        IF TG_OP <> 'DELETE' AND NEW.status = 'queued' THEN
          PERFORM pg_notify('panorama_put', '');
        END IF;
      END IF;
      IF TG_OP <> 'INSERT' AND OLD.run IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR NEW.status <> 'running' OR NEW.run IS DISTINCT FROM OLD.run THEN
          PERFORM pg_notify('panorama_stopped', OLD.id::text);
        END IF;
      END IF;
      RETURN NULL;
    END $$`,
  ],
];

/** The version that this program makes and knows. */
export const SCHEMA_VERSION = STEPS.length;

/** The version of the schema that is there; 0 before the first step. */
export async function schemaVersion(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number }>('SELECT version FROM panorama.schema_version');
  return row?.version ?? 0;
}

/**
 * Brings the schema to this program's version, each step in a transaction, one process at a time.
 *
 * @throws DatabaseError `database` where the schema is a newer program's
 */
export async function migrate(database: Database): Promise<void> {
  await database.exclusively('schema', async () => {
    // Only where there is none: it asks for a right that a user to whom a schema was given need not have.
    const [found] = await database.query(`SELECT FROM pg_namespace WHERE nspname = 'panorama'`);
    if (!found) await database.query('CREATE SCHEMA IF NOT EXISTS panorama');
    await database.query('CREATE TABLE IF NOT EXISTS panorama.schema_version (version integer NOT NULL)');
    checkVersion(await schemaVersion(database));
    for (const [index, statements] of STEPS.entries()) {
      await database.transaction((tx) => step(tx, index, statements));
    }
  });
}

/** @throws DatabaseError `database` */
function checkVersion(found: number): void {
  if (found <= SCHEMA_VERSION) return;
  throw new DatabaseError(
    'database',
    `database: expected schema version ${SCHEMA_VERSION} or older, got ${found}, made by a newer server; start that one`,
  );
}

/** From version `index` to the next. */
async function step(tx: Sql, index: number, statements: readonly string[]): Promise<void> {
  // Held to the end: a process whose lock was lost with its connection must not take the step a second time.
  await tx.query('LOCK TABLE panorama.schema_version IN EXCLUSIVE MODE');
  const version = await schemaVersion(tx);
  checkVersion(version);
  if (version > index) return;
  for (const statement of statements) await tx.query(statement);
  await tx.query('DELETE FROM panorama.schema_version');
  await tx.query('INSERT INTO panorama.schema_version VALUES ($1)', [index + 1]);
}
