import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { schemaVersion, SCHEMA_VERSION } from './migrations.ts';
import { describeOnEach, type OpenedDatabase } from './opened.testing.ts';

describeOnEach('a database', (openNew) => {
  let opened: OpenedDatabase;
  let database: Database;

  beforeAll(async () => {
    opened = await openNew();
    ({ database } = opened);
    await database.query(`CREATE TABLE things (
      id bigint GENERATED ALWAYS AS IDENTITY, name text UNIQUE, value jsonb, at timestamptz, names text[]
    )`);
  });

  afterAll(() => opened.close());

  const rollCall = async (name: string) => database.query('SELECT FROM things WHERE name = $1', [name]);

  it('[DATA1] gives counts and big integers as numbers, timestamps as dates, and null', async () => {
    const [row] = await database.query(
      `SELECT count(*) AS count, 9007199254740993::bigint AS big, ARRAY[1, NULL]::bigint[] AS bigs, 0.5::float8 AS half,
        7::integer AS seven, true AS yes, NULL AS nothing, 'a' AS text, $1::timestamptz AS at, $2::uuid[] AS ids,
        sum(2)::integer AS sum, 'panorama'::name AS name, NULL::jsonb AS json`,
      [new Date(0), ['00000000-0000-4000-8000-000000000000']],
    );
    expect(row).toEqual({
      count: 1,
      big: 9007199254740993n,
      bigs: [1, null],
      half: 0.5,
      seven: 7,
      yes: true,
      nothing: null,
      text: 'a',
      at: new Date(0),
      ids: ['00000000-0000-4000-8000-000000000000'],
      sum: 1 + 1,
      name: 'panorama',
      json: null,
    });
  });

  it.each([
    { name: 'an object', value: { a: [1, { b: null }], 'ü"\\': "'" } },
    { name: 'a list of objects', value: [{ n: 1 }, { n: 2 }] },
    { name: 'a list of texts', value: ['a', '{b}', 'null'] },
    { name: 'an empty list', value: [] },
    { name: 'a list of lists', value: [[1], []] },
    { name: 'a number', value: 0.25 },
    { name: 'yes', value: true },
    { name: 'nothing', value: null },
  ])('[DATA1] keeps $name as JSON', async ({ name, value }) => {
    const [written] = await database.query<{ value: unknown }>(
      'INSERT INTO things (name, value) VALUES ($1, $2) RETURNING value',
      [name, value],
    );
    expect(written?.value).toEqual(value);
    const [same] = await database.query<{ same: boolean }>(
      'SELECT value IS NOT DISTINCT FROM $2 AS same FROM things WHERE name = $1',
      [name, value],
    );
    expect(same).toEqual({ same: true });
  });

  it('[DATA1] takes arrays where a statement casts to them, dates and undefined', async () => {
    const names = ['a', 'b,"c"', '', 'NULL'];
    const at = [new Date(Date.UTC(2026, 2, 29, 1, 30)).toISOString(), null];
    const rows = await database.query(
      'SELECT name, at FROM unnest($1::text[], $2::timestamptz[]) AS t (name, at)',
      [names.slice(0, 2), at],
    );
    expect(rows).toEqual([
      { name: 'a', at: new Date(at[0] ?? '') },
      { name: 'b,"c"', at: null },
    ]);
    expect(
      await database.query('SELECT $1::text[] AS names, $2::text AS nothing', [names, undefined]),
    ).toEqual([{ names, nothing: null }]);
    expect(await database.query('SELECT $1::text[] AS names', [[]])).toEqual([{ names: [] }]);
  });

  it('[DATA1] takes one statement at a time and goes on after one that fails', async () => {
    await expect(database.query('SELECT 1; SELECT 2')).rejects.toThrow('multiple commands');
    const add = () => database.query('INSERT INTO things (name) VALUES ($1)', ['twice']);
    await add();
    await expect(add()).rejects.toMatchObject({ code: '23505' });
    expect(await rollCall('twice')).toHaveLength(1);
  });

  it('[DATA1] keeps all of a transaction or nothing', async () => {
    const add = (name: string) =>
      database.transaction(async (sql) => {
        await sql.query('INSERT INTO things (name) VALUES ($1)', [name]);
        const { rows } = await sql.forQueue.executeSql('SELECT name FROM things WHERE name = $1', [name]);
        if (name === 'dropped') throw new Error('dropped');
        return rows as unknown;
      });
    expect(await add('kept')).toEqual([{ name: 'kept' }]);
    await expect(add('dropped')).rejects.toThrow('dropped');
    expect(await rollCall('kept')).toHaveLength(1);
    expect(await rollCall('dropped')).toHaveLength(0);
  });

  it('[DATA1] tells those who listen, until they stop', async () => {
    const told: string[] = [];
    const undo = [
      await database.listen('news', (payload) => told.push(`a ${payload}`)),
      await database.listen('news', (payload) => told.push(`b ${payload}`)),
      await database.listen('news_end', (payload) => told.push(payload)),
    ];
    /** Notifications come in their order. */
    const say = async (payload: string) => {
      await database.query("SELECT pg_notify('news', $1)", [payload]);
      const end = randomUUID();
      await database.query("SELECT pg_notify('news_end', $1)", [end]);
      await expect.poll(() => told.at(-1)).toBe(end);
      return told.splice(0).slice(0, -1);
    };
    expect(await say('1')).toEqual(['a 1', 'b 1']);
    await undo[0]?.();
    expect(await say('')).toEqual(['b ']);
    await undo[1]?.();
    expect(await say('3')).toEqual([]);
    await undo[2]?.();
  });

  it('[DATA6] does one thing at a time for each key, and another key meanwhile', async () => {
    const log: string[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = database.exclusively('a', async () => {
      await gate;
      log.push('first');
    });
    const second = database.exclusively('a', () => Promise.reject(new Error(`second after ${log.join()}`)));
    const refused = expect(second).rejects.toThrow('second after first');
    expect(await database.exclusively('b', () => Promise.resolve('other'))).toBe('other');
    open();
    await Promise.all([first, refused]);
    expect(await database.exclusively('a', () => Promise.resolve(log))).toEqual(['first']);
  });

  it('[DATA7] has the schema of this program', async () => {
    expect(await schemaVersion(database)).toBe(SCHEMA_VERSION);
  });
});
