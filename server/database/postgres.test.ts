import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Database } from './database.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { optionsFor } from './opened.testing.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import { administer, createDatabase, startCluster, withPath, type Cluster } from './postgres.testing.ts';

const NONE = inject('postgres') === null;

/** Stopped and killed here, so not the one of all tests. */
let cluster: Cluster;
let url: string;
const opened: Database[] = [];

beforeAll(async () => {
  if (NONE) return;
  const started = await startCluster({ tls: true });
  if (!started) throw new Error('expected a PostgreSQL, as there was one before');
  cluster = started;
});

afterAll(() => cluster?.remove());

beforeEach(async () => {
  if (!NONE) url = await createDatabase(cluster.url);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

async function open(changes: Partial<PostgresOptions> = {}): Promise<Database> {
  const database = await openPostgres({ ...optionsFor(url), onError: () => undefined, ...changes });
  opened.push(database);
  return database;
}

/** A promise that another resolves. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

/** Until so many sessions of this database wait for an advisory lock. */
const untilWaiting = (count: number) =>
  vi.waitFor(async () => {
    const text = `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`;
    expect(await administer(url, text)).toHaveLength(count);
  }, 60_000);

async function refusal(changes: Partial<PostgresOptions> = {}): Promise<{ code: string; message: string }> {
  try {
    await open({ patienceMs: 0, ...changes });
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    const { password } = new URL(changes.url ?? url);
    expect(message).not.toContain('\n');
    expect(message).not.toContain(password);
    return { code, message };
  }
  throw new Error('expected an error, got none');
}

/** The URL of the same database for a new role. */
async function as(role: string, options: string): Promise<string> {
  await administer(url, `CREATE ROLE ${role} PASSWORD 'sesame' ${options}`);
  const changed = new URL(url);
  changed.username = role;
  changed.password = 'sesame';
  return changed.href;
}

describe.skipIf(NONE)('PostgreSQL that goes and comes', () => {
  it('[DATA3] is waited for by statements that it was doing, and by new ones', async () => {
    const database = await open();
    const holder = new pg.Client({ connectionString: url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    const cut = database.query('SELECT pg_advisory_xact_lock(1), 42 AS answer');
    await untilWaiting(1);
    await cluster.stop('immediate');
    const late = Promise.all(Array.from({ length: 30 }, () => database.query('SELECT 43 AS answer')));
    await cluster.start();
    expect(await cut).toMatchObject([{ answer: 42 }]);
    expect(await late).toHaveLength(30);
  });

  it('[DATA3] is waited for after a crash, at the start too, and by the queue', async () => {
    const database = await open();
    await cluster.kill();
    const [query, queue, another] = [
      database.query('SELECT 1 AS one'),
      database.forQueue.executeSql('SELECT 1 AS one'),
      open(),
    ];
    await cluster.start();
    expect(await query).toEqual([{ one: 1 }]);
    expect((await queue).rows).toEqual([{ one: 1 }]);
    expect((await another).backend).toBe('postgres');
  });

  it('[DATA3] is away, in one line, once patience ends', async () => {
    const database = await open({ patienceMs: 0 });
    await cluster.stop();
    const error = { code: 'database-away', kind: 'machine' };
    await expect(database.query('SELECT 1')).rejects.toMatchObject(error);
    await expect(database.transaction(() => Promise.resolve())).rejects.toMatchObject(error);
    await expect(database.exclusively('a', () => Promise.resolve())).rejects.toMatchObject(error);
    const { message } = await refusal();
    const place = new URL(url);
    expect(message).toBe(
      `database ${place.host}${place.pathname}: it does not answer (ECONNREFUSED); start it, or correct DATABASE_URL`,
    );
    await cluster.start();
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('[DATA3] is waited for where it has no connection left', async () => {
    const crowded = await as('crowded', 'LOGIN CONNECTION LIMIT 2');
    const { pathname } = new URL(url);
    await administer(url, `GRANT CREATE ON DATABASE ${pathname.slice(1)} TO crowded`);
    const others = [0, 1].map(() => new pg.Client({ connectionString: crowded }));
    for (const other of others) await other.connect();
    expect(await refusal({ url: crowded })).toMatchObject({
      code: 'database-away',
      message: expect.stringContaining('too many connections') as string,
    });
    const waits = open({ url: crowded });
    for (const other of others) await other.end();
    expect(await (await waits).query('SELECT current_user AS me')).toEqual([{ me: 'crowded' }]);
  });

  it('[DATA4] ends a transaction that it cuts off, which changes nothing and is not begun again', async () => {
    const database = await open();
    await database.query('CREATE TABLE things (name text)');
    let begun = 0;
    const cut = database.transaction(async (sql) => {
      begun += 1;
      await sql.query("INSERT INTO things VALUES ('a')");
      await cluster.restart('immediate');
      await sql.query("INSERT INTO things VALUES ('b')");
    });
    await expect(cut).rejects.toMatchObject({ code: 'database-away' });
    const cutAtEnd = database.transaction(async (sql) => {
      begun += 1;
      await sql.query("INSERT INTO things VALUES ('c')");
      await cluster.restart('immediate');
    });
    await expect(cutAtEnd).rejects.toMatchObject({ code: 'database-away' });
    expect(begun).toBe(2);
    expect(await database.query('SELECT name FROM things')).toEqual([]);
  });

  it('[DATA4] is waited for by a transaction that had not begun', async () => {
    const database = await open();
    await cluster.stop();
    const work = vi.fn(() => Promise.resolve('done'));
    const waits = database.transaction(work);
    await cluster.start();
    expect(await waits).toBe('done');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('[DATA5] is listened to again, and what was missed is told to be read anew', async () => {
    const database = await open();
    const told: string[] = [];
    const [again, forQueue] = [vi.fn(), vi.fn()];
    const undo = await database.listen('news', (payload) => told.push(payload), again);
    const handle = await database.forQueue.listen?.('others', (payload) => told.push(payload), forQueue);
    // The queue is told of the first time, too.
    expect([again, forQueue].map((called) => called.mock.calls.length)).toEqual([0, 1]);
    await cluster.restart();
    await vi.waitFor(() => expect(again).toHaveBeenCalledTimes(1), 60_000);
    expect(forQueue).toHaveBeenCalledTimes(2);
    await database.query("SELECT pg_notify('news', 'a'), pg_notify('others', 'b')");
    await vi.waitFor(() => expect(told).toEqual(['a', 'b']), 60_000);
    await undo();
    await handle?.close();
  });
});

describe.skipIf(NONE)('transactions of PostgreSQL', () => {
  it('[DATA1] take no statement after their end, and do not end well where one failed', async () => {
    const database = await open();
    const late = await database.transaction((sql) => Promise.resolve(sql));
    await expect(late.query('SELECT 1')).rejects.toThrow('internal: transaction');
    await expect(late.forQueue.executeSql('SELECT 1')).rejects.toThrow('internal: transaction');
    const careless = database.transaction(async (sql) => {
      await sql.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(careless).rejects.toThrow('internal: transaction');
  });

  it('[DATA9] let go of their locks half a minute after their process has vanished', async () => {
    const database = await open();
    const setting = 'SHOW idle_in_transaction_session_timeout';
    expect(await database.transaction((sql) => sql.query(setting))).toEqual([
      { idle_in_transaction_session_timeout: '30s' },
    ]);
    // Those that the program does not begin are not ended.
    expect(await database.query(setting)).toEqual([{ idle_in_transaction_session_timeout: '0' }]);
  });

  it('[DATA1] take other errors as they are', async () => {
    const database = await open();
    const mine = Object.assign(new Error('no such photo'), { code: 'ENOENT' });
    await expect(database.transaction(() => Promise.reject(mine))).rejects.toBe(mine);
  });
});

describe.skipIf(NONE)('locks of PostgreSQL', () => {
  it('[DATA6] hold across processes, and leave statements their connections', async () => {
    const a = await open();
    const b = await open({ connections: 1, lockConnections: 2 });
    const log: string[] = [];
    const [held, go] = [gate(), gate()];
    const first = a.exclusively('key', async () => {
      held.open();
      await go.passed;
      log.push('first');
    });
    await held.passed;
    const waiting = Array.from({ length: 30 }, (_, n) =>
      b.exclusively('key', () => Promise.resolve(log.push(`later ${n}`))),
    );
    await untilWaiting(1);
    expect(await b.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await b.exclusively('another', () => Promise.resolve(2))).toBe(2);
    expect(log).toEqual([]);
    go.open();
    await Promise.all([first, ...waiting]);
    expect(log).toHaveLength(31);
    expect(log[0]).toBe('first');
  });

  it('[DATA6] end with the connection of who holds them, who is told', async () => {
    const onError = vi.fn();
    const a = await open({ applicationName: 'killed', onError });
    const b = await open();
    const [held, go] = [gate(), gate()];
    const first = a.exclusively('key', async () => {
      held.open();
      await go.passed;
      return 'done all the same';
    });
    await held.passed;
    const second = b.exclusively('key', () => Promise.resolve('second'));
    await untilWaiting(1);
    await administer(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'killed: locks'",
    );
    expect(await second).toBe('second');
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1), 60_000);
    expect(onError.mock.lastCall?.[0]).toMatchObject({
      code: 'database-away',
      message: expect.stringContaining('the lock of key ended') as string,
    });
    go.open();
    expect(await first).toBe('done all the same');
    expect(await a.exclusively('key', () => Promise.resolve('again'))).toBe('again');
  });

  it('[DATA6] are waited for again after a restart', async () => {
    const [a, b] = [await open(), await open()];
    const [held, go] = [gate(), gate()];
    const first = a.exclusively('key', async () => {
      held.open();
      await go.passed;
    });
    await held.passed;
    const second = b.exclusively('key', () => Promise.resolve('second'));
    await untilWaiting(1);
    await cluster.restart('immediate');
    expect(await second).toBe('second');
    go.open();
    await first;
  });
});

describe.skipIf(NONE)('the schema on PostgreSQL', () => {
  it('[DATA7] is made once by five who open at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => open()));
    const text = 'SELECT version FROM panorama.schema_version';
    for (const database of all) expect(await database.query(text)).toEqual([{ version: SCHEMA_VERSION }]);
  });

  it('[DATA7] is refused where it is newer', async () => {
    await open();
    await administer(url, 'UPDATE panorama.schema_version SET version = 999');
    const { code, message } = await refusal();
    expect(code).toBe('database');
    expect(message).toContain('999, made by a newer server; start that one');
  });

  it('[DATA7] needs no right to make schemas where an administrator made it', async () => {
    const guest = await as('guest', 'LOGIN');
    await administer(url, 'CREATE SCHEMA panorama AUTHORIZATION guest');
    expect(await (await open({ url: guest })).query('SELECT current_user AS me')).toEqual([{ me: 'guest' }]);
  });
});

describe.skipIf(NONE)('what is wrong with a PostgreSQL', () => {
  it('[DATA8] is a wrong password, or none', async () => {
    const wrong = new URL(url);
    wrong.password = 'opensesame';
    const text = 'the password of postgres is missing or wrong; correct it in DATABASE_URL';
    expect(await refusal({ url: wrong.href })).toMatchObject({
      code: 'database',
      message: `database ${wrong.host}${wrong.pathname}: ${text}`,
    });
    const none = new URL(url);
    none.password = '';
    await expect(open({ url: none.href })).rejects.toThrow(text);
  });

  it('[DATA8] is a database that it has not', async () => {
    const { message } = await refusal({ url: withPath(url, 'nowhere') });
    expect(message).toContain('/nowhere: it has no database of this name; make it: createdb nowhere');
  });

  it('[DATA8] is a user who may not log in, or not make a schema', async () => {
    const locked = await refusal({ url: await as('locked_out', 'NOLOGIN') });
    expect(locked.message).toMatch(/does not let locked_out in .*pg_hba\.conf/);
    const poor = await refusal({ url: await as('poor', 'LOGIN') });
    expect(poor).toMatchObject({ code: 'database' });
    expect(poor.message).toMatch(
      /poor may not .*; let it: GRANT CONNECT, CREATE ON DATABASE "test_\w+" TO "poor"/,
    );
  });

  it('[DATA8] is a version that is too old', async () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own client below
    const real = pg.Client.prototype.query as (...values: unknown[]) => unknown;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...values: unknown[]
    ) {
      const [statement] = values as [string | { text: string }];
      const text = typeof statement === 'string' ? statement : statement.text;
      if (text.includes('server_version_num')) return Promise.resolve({ rows: [{ version: 14 }] });
      return real.apply(this, values);
    });
    const { code, message } = await refusal();
    expect(code).toBe('database');
    expect(message).toMatch(/: expected PostgreSQL 15 or newer, got 14; upgrade it$/);
  });

  it('[DATA8] is a certificate that nobody vouches for; with it, or without asking for it, TLS works', async () => {
    const encrypted = async (options: string) => {
      const database = await open({ url: `${url}?${options}` });
      const [row] = await database.query<{ ssl: boolean }>(
        'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      return row?.ssl;
    };
    const { message } = await refusal({ url: `${url}?sslmode=verify-full` });
    expect(message).toMatch(
      /its certificate is not trusted \(\w+\); name its authority's with sslrootcert=FILE/,
    );
    expect(await encrypted(`sslmode=verify-full&sslrootcert=${cluster.certificateFile}`)).toBe(true);
    expect(await encrypted('sslmode=require')).toBe(true);
    expect(await encrypted('sslmode=disable')).toBe(false);
  });

  it('[DATA8] is TLS that it has not', async () => {
    const { message } = await refusal({
      url: `${await createDatabase(inject('postgres') ?? '')}?sslmode=require`,
    });
    expect(message).toMatch(/: it has no TLS; switch it on there, or take sslmode out of DATABASE_URL$/);
  });
});
