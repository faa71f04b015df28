/** The server's settings: flags, else environment variables of the same names, else defaults. Each wrong one is named. */
import { posix, resolve, win32 } from 'node:path';
import { parseArgs } from 'node:util';
import { PanoramaError } from '../shared/errors.ts';
import { ENGINES } from '../shared/request.ts';
import { isBucket } from './blobs/open-blobs.ts';
import { LOG_LEVELS } from './log.ts';
import { TOKEN } from './tokens.ts';
import { readWebhookSecret } from './webhooks/sign-webhook.ts';

export class ConfigError extends PanoramaError<'invalid-config'> {
  constructor(problems: readonly string[]) {
    super('invalid-config', 'request', problems.join('; '));
  }
}

/** What the defaults depend on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly hostname: string;
  readonly memoryBytes: number;
  /** Relative paths start here. */
  readonly folder: string;
}

const ROLES = ['all', 'api', 'worker'] as const;

const GIBIBYTE = 2 ** 30;
/** Left for the server itself and the rest of the machine. */
const MEMORY_SHARE = 0.8;

interface Setting<T> {
  readonly help: string;
  /** Throws an `Expected` that says what it takes. */
  readonly parse: (text: string, machine: Machine) => T;
  readonly fallback: (machine: Machine) => T;
}

const setting = <T>(
  help: string,
  parse: Setting<T>['parse'],
  fallback: Setting<T>['fallback'],
): Setting<T> => ({ help, parse, fallback });

const SETTINGS = {
  ROLE: setting(
    `one of ${ROLES.join(', ')}; api and worker share a database and a store; default all`,
    oneOf(ROLES),
    () => 'all' as const,
  ),
  PORT: setting('port to listen on; 0 takes a free one; default 8787', whole(0, 65_535), () => 8787),
  HOST: setting('addresses to listen on; default 127.0.0.1,::1, this machine alone', list, () => [
    '127.0.0.1',
    '::1',
  ]),
  ALLOWED_HOSTS: setting('names that the server is called by, beside localhost and its own', list, () => []),
  DATA_DIR: setting('folder of all that is kept', (text, { folder }) => resolve(folder, text), dataFolder),
  DATABASE_URL: setting(
    'PostgreSQL 15 or newer, postgres://…, that servers share; default: one of its own in DATA_DIR',
    databaseUrl,
    (): string | null => null,
  ),
  BLOBS: setting(
    'where pictures and models are kept: a folder, or s3://bucket/prefix; default DATA_DIR',
    (text, { folder }) => blobs(text, folder),
    () => null,
  ),
  TOKEN: setting('what clients must send; default: made once, kept in DATA_DIR/token', token, () => null),
  TOKENS: setting(
    'file of lines NAME TOKEN, for several who do not see each other’s panoramas',
    (text, { folder }): string | null => resolve(folder, text),
    () => null,
  ),
  ENGINE: setting(`one of ${ENGINES.join(', ')}; default auto`, oneOf(ENGINES), () => 'auto' as const),
  MAX_JOBS: setting('jobs that run at once; default 1', whole(1, 64), () => 1),
  MAX_QUEUE: setting('jobs that may wait; default 10000', whole(1, 1_000_000), () => 10_000),
  MAX_JOBS_PER_TOKEN: setting(
    'jobs of one token that run at once, on all workers; 0 for any number, the default',
    whole(0, 1_000_000),
    () => 0,
  ),
  MAX_QUEUE_PER_TOKEN: setting(
    'jobs of one token that may wait; 0 for any number, the default',
    whole(0, 1_000_000),
    () => 0,
  ),
  WORKER_NAME: setting(
    'what the worker is called, unlike all others; default host name and process',
    name,
    () => null,
  ),
  DRAIN_SECONDS: setting(
    'how long jobs may go on when the server stops; default 0, for a worker 20',
    (text): number | null => whole(0, 86_400)(text),
    () => null,
  ),
  WEBHOOK_SECRET: setting(
    'signs webhooks: whsec_ and 24 to 64 bytes in base64; default: none are sent',
    webhookSecret,
    () => null,
  ),
  WEBHOOK_PRIVATE: setting(
    'yes or no: webhooks may go to the own network; default no',
    oneOf(['yes', 'no']),
    () => 'no' as const,
  ),
  MEMORY: setting(
    'what one job may take, such as 6GB; default 80 % of the memory, shared by MAX_JOBS',
    bytes,
    () => 0,
  ),
  KEEP_DAYS: setting(
    'days that panoramas and unused models are kept; default 30',
    whole(1, 36_500),
    () => 30,
  ),
  DISK_BUDGET: setting('what they may take; the oldest go first; default 20GB', bytes, () => 20 * GIBIBYTE),
  DISK_RESERVE: setting('what is left free of the disk; default 256MB', bytes, () => GIBIBYTE / 4),
  RATE_LIMIT: setting(
    'requests of one address in ten seconds; 0 for any number; default 600',
    whole(0, 1_000_000),
    () => 600,
  ),
  LOG_LEVEL: setting(
    `one of ${LOG_LEVELS.join(', ')}; default info`,
    oneOf(LOG_LEVELS),
    () => 'info' as const,
  ),
};

/** What a process of several does: answers clients, makes panoramas, or both. */
export type Role = (typeof ROLES)[number];

type Name = keyof typeof SETTINGS;
export type Config = { readonly [K in Name]: ReturnType<(typeof SETTINGS)[K]['fallback']> };

export type ServerCommand =
  { readonly name: 'help'; readonly text: string } | { readonly name: 'serve'; readonly config: Config };

const NAMES = Object.keys(SETTINGS) as Name[];
const SECRETS: ReadonlySet<string> = new Set(['TOKEN', 'DATABASE_URL', 'WEBHOOK_SECRET']);
const flagOf = (name: Name): string => name.toLowerCase().replaceAll('_', '-');

/** Reads the command line, the program's name left out, and the environment. Throws `ConfigError` with all problems. */
export function readConfig(argv: readonly string[], machine: Machine): ServerCommand {
  const flags = readFlags(argv);
  if (flags.has('help')) return { name: 'help', text: helpText() };
  const problems: string[] = [];
  const config = Object.fromEntries(
    NAMES.map((name) => {
      const given = flags.get(flagOf(name)) ?? machine.env[name];
      const { parse, fallback } = SETTINGS[name];
      if (given === undefined || given === '') return [name, fallback(machine)];
      try {
        return [name, parse(given, machine)];
      } catch (error) {
        if (!(error instanceof Expected)) throw error;
        const shown = SECRETS.has(name) ? 'another' : JSON.stringify(given.slice(0, 60));
        problems.push(`${name}: expected ${error.message}, got ${shown}`);
        return [name, null];
      }
    }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const read = config as unknown as Config;
  checkTogether(read);
  const share = Math.floor((machine.memoryBytes * MEMORY_SHARE) / read.MAX_JOBS);
  return { name: 'serve', config: { ...read, MEMORY: read.MEMORY || share } };
}

/** What settings ask of each other. */
function checkTogether({ ROLE, DATABASE_URL, BLOBS, TOKEN, TOKENS, DATA_DIR }: Config): void {
  if (ROLE === 'all') {
    if (DATABASE_URL === null && BLOBS !== null && BLOBS !== DATA_DIR) {
      throw new ConfigError([
        'BLOBS: expected DATABASE_URL beside it, got none; a database of its own keeps all in DATA_DIR',
      ]);
    }
    return;
  }
  const missing = Object.entries({ DATABASE_URL, BLOBS, 'TOKEN or TOKENS': TOKEN ?? TOKENS })
    .filter(([, value]) => value === null)
    .map(([name]) => name);
  if (missing.length === 0) return;
  throw new ConfigError([
    `ROLE: ${ROLE} shares what it works on; expected ${missing.join(', ')} beside it, got none`,
  ]);
}

function readFlags(argv: readonly string[]): Map<string, string> {
  const known = new Set(['help', ...NAMES.map(flagOf)]);
  const options = Object.fromEntries(
    [...known].map((name) => [name, { type: name === 'help' ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems = positionals.map((text) => `${JSON.stringify(text)}: expected a flag such as --port 9000`);
  const flags = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (!known.has(name)) problems.push(`--${name}: there is no such flag; --help lists them`);
    else if (name !== 'help' && (value ?? '') === '') problems.push(`--${name}: expected a value, got none`);
    else if (flags.has(name)) problems.push(`--${name}: expected it once, got it again`);
    else flags.set(name, value ?? '');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return flags;
}

function helpText(): string {
  const lines = NAMES.map((name) => `  --${flagOf(name).padEnd(22)}${name.padEnd(22)}${SETTINGS[name].help}`);
  return `The server of Panorama Converter. Settings are flags or environment variables:\n\n${lines.join('\n')}\n`;
}

/** What a setting takes, in words. */
class Expected extends Error {}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new Expected(`a whole number from ${min} to ${max}`);
    return value;
  };
}

function oneOf<const T extends readonly string[]>(choices: T): (text: string) => T[number] {
  return (text) => {
    const choice = choices.find((known) => known === text);
    if (choice === undefined) throw new Expected(`one of ${choices.join(', ')}`);
    return choice;
  };
}

function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new Expected('names or addresses with commas between them');
  return items;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: GIBIBYTE,
  TB: 2 ** 40,
};

function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]B)?$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? '').toUpperCase()];
  if (!match || unit === undefined) throw new Expected('bytes such as 500MB or 20GB');
  return Math.round(Number(match[1]) * unit);
}

function databaseUrl(text: string): string | null {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!['postgres:', 'postgresql:'].includes(protocol))
    throw new Expected('an address like postgres://user@host/name');
  return text;
}

function blobs(text: string, folder: string): string | null {
  if (!text.startsWith('s3:')) return resolve(folder, text);
  if (!isBucket(text)) throw new Expected('a folder, s3://bucket or s3://bucket/prefix');
  return text;
}

function name(text: string): string | null {
  if (!/^[\w.-]{1,100}$/.test(text)) throw new Expected('up to 100 letters, digits, ., _ and -');
  return text;
}

function webhookSecret(text: string): string | null {
  try {
    readWebhookSecret(text);
    return text;
  } catch {
    throw new Expected('whsec_ and 24 to 64 bytes in base64');
  }
}

function token(text: string): string | null {
  if (!TOKEN.test(text)) throw new Expected('16 to 256 visible ASCII characters without spaces');
  return text;
}

/** The platform's folder for what an application must keep. */
function dataFolder({ env, platform, home }: Machine): string {
  const name = 'panorama-converter';
  if (platform === 'win32') {
    return win32.join(env.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), name);
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', name);
  const data = env.XDG_DATA_HOME;
  return posix.join(data && posix.isAbsolute(data) ? data : posix.join(home, '.local', 'share'), name);
}
