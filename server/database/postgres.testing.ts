/** A PostgreSQL of this machine's binaries for tests: a cluster in a temporary folder, on 127.0.0.1 alone. */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a cluster for all tests, as its superuser; null where there are no binaries. */
    postgres: string | null;
  }
}

export const NO_POSTGRES =
  'NO POSTGRESQL 15 OR NEWER HERE: IT IS NOT TESTED (Debian: apt-get install postgresql, macOS: brew install postgresql)';

const run = promisify(execFile);
const OLDEST = 15;
const START_ATTEMPTS = 100;

export interface Cluster {
  /** Of the database `postgres`, as its superuser. */
  readonly url: string;
  /** Of a cluster with TLS; in PEM. */
  readonly certificateFile: string;
  /** Waits until what runs has ended (`smart`), is rolled back (`fast`) or is cut off (`immediate`). */
  stop(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  restart(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
  /** Like a crash: SIGKILL to the server, whose processes end with it. */
  kill(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** A new and empty database's URL, on the cluster of `url`. */
export async function createDatabase(url: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(url, `CREATE DATABASE ${name}`);
  return withPath(url, name);
}

/** `url` with another database's name. */
export function withPath(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = database;
  return changed.href;
}

/** Does one statement on a connection of its own. */
export async function administer<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** The folder of the newest binaries that will do; null where there are none. */
export async function findBinaries(): Promise<string | null> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => []);
  const configured = await run('pg_config', ['--bindir']).catch(() => null);
  const folders = [
    ...versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin')),
    ...(configured ? [configured.stdout.trim()] : []),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    if (!['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) continue;
    const said = await run(join(folder, 'postgres'), ['--version']).catch(() => null);
    if (Number(/ (\d+)/.exec(said?.stdout ?? '')?.[1]) >= OLDEST) return folder;
  }
  return null;
}

export interface ClusterOptions {
  /** With a certificate of its own, for 127.0.0.1, at `certificateFile`. */
  readonly tls?: boolean;
}

/** Makes and starts a cluster; null where there are no binaries. It goes when this process does, however that ends. */
export async function startCluster({ tls = false }: ClusterOptions = {}): Promise<Cluster | null> {
  const binaries = await findBinaries();
  if (binaries === null) return null;
  const owner = await ownerOfCluster();
  const folder = await mkdtemp(join(tmpdir(), 'panorama-postgres-'));
  if (owner) await chown(folder, owner.uid, owner.gid);
  const cluster = new RunningCluster(binaries, folder, owner);
  try {
    await cluster.make(tls);
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  return cluster;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. */
async function ownerOfCluster(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name]))).catch(() => null);
    if (!ids) continue;
    const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('tests of PostgreSQL: expected a user postgres or nobody, as root cannot run it; got none');
}

class RunningCluster implements Cluster {
  readonly certificateFile: string;
  private readonly data: string;
  private readonly password = randomUUID();
  private port = 0;
  private readonly gone: Promise<void>;
  private readonly release: () => void;

  constructor(
    private readonly binaries: string,
    private readonly folder: string,
    private readonly owner: Owner | null,
  ) {
    this.data = join(folder, 'data');
    this.certificateFile = join(folder, 'certificate.pem');
    // Its input ends with this process, even where that is killed.
    const script = `cat; "${join(binaries, 'pg_ctl')}" stop -m immediate -s -D "${this.data}"; cd /; rm -rf "${folder}"`;
    const options = { cwd: folder, detached: true, ...owner } as const;
    const undertaker = spawn('sh', ['-c', script], { ...options, stdio: ['pipe', 'ignore', 'ignore'] });
    undertaker.unref();
    this.gone = new Promise((resolve) => undertaker.on('close', () => resolve()));
    this.release = () => {
      undertaker.ref();
      undertaker.stdin.end();
    };
  }

  get url(): string {
    return `postgres://postgres:${this.password}@127.0.0.1:${this.port}/postgres`;
  }

  async make(tls: boolean): Promise<void> {
    const passwordFile = join(this.folder, 'password');
    await writeFile(passwordFile, this.password);
    if (this.owner) await chown(passwordFile, this.owner.uid, this.owner.gid);
    const locale = ['--no-locale', '--encoding=UTF8', '--no-sync', '--no-instructions'];
    const login = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`];
    await this.run('initdb', ['-D', this.data, ...locale, ...login]);
    this.port = await freePort();
    const settings = [
      `port = ${this.port}`,
      "listen_addresses = '127.0.0.1'",
      "unix_socket_directories = ''",
      'fsync = off',
      'full_page_writes = off',
      'shared_buffers = 16MB',
      'max_connections = 100',
      ...(tls ? await this.certify() : []),
    ];
    await writeFile(join(this.data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    await this.start();
  }

  /** Resolves to the settings. */
  private async certify(): Promise<string[]> {
    const key = join(this.folder, 'key.pem');
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key];
    const said = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '30'];
    await this.run('openssl', ['req', '-x509', '-nodes', ...made, '-out', this.certificateFile, ...said]);
    return ['ssl = on', `ssl_key_file = '${key}'`, `ssl_cert_file = '${this.certificateFile}'`];
  }

  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const log = join(this.folder, 'log');
        await this.run('pg_ctl', ['start', '-w', '-s', '-D', this.data, '-l', log]);
        return;
      } catch (error) {
        // After a kill the server's processes hold its memory for another moment.
        const log = await readFile(join(this.folder, 'log'), 'utf8').catch(() => '');
        if (attempt === START_ATTEMPTS || !log.includes('is still in use'))
          throw new Error(`PostgreSQL did not start: ${log.slice(-2000)}`, { cause: error });
        await sleep(50);
      }
    }
  }

  async stop(mode: 'smart' | 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.run('pg_ctl', ['stop', '-w', '-s', '-m', mode, '-D', this.data]);
  }

  async restart(mode: 'smart' | 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  async kill(): Promise<void> {
    const pid = Number((await readFile(join(this.data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await sleep(10);
  }

  async remove(): Promise<void> {
    this.release();
    await this.gone;
  }

  private async run(program: string, values: string[]): Promise<void> {
    // Not piped: the server would keep the pipe open.
    const child = spawn(program, values, {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'ignore'],
      env: {
        PATH: [this.binaries, process.env['PATH']].join(delimiter),
        LC_ALL: 'C',
      },
      ...this.owner,
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code));
    });
    if (status !== 0) throw new Error(`${program}: expected exit status 0, got ${status}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
