import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, type Config, type Machine } from './config.ts';

const MACHINE: Machine = {
  env: {},
  platform: 'linux',
  home: '/home/ann',
  hostname: 'studio',
  memoryBytes: 10 * 2 ** 30,
  folder: '/here',
};

function read(
  argv: readonly string[],
  env: Record<string, string> = {},
  machine: Partial<Machine> = {},
): Config {
  const command = readConfig(argv, { ...MACHINE, ...machine, env });
  if (command.name !== 'serve') throw new Error('expected settings');
  return command.config;
}

describe('settings', () => {
  it('[CONF1] have defaults, are flags or variables, and flags win', () => {
    expect(read([])).toEqual({
      ROLE: 'all',
      DATABASE_URL: null,
      BLOBS: null,
      TOKENS: null,
      MAX_JOBS_PER_TOKEN: 0,
      MAX_QUEUE_PER_TOKEN: 0,
      WORKER_NAME: null,
      DRAIN_SECONDS: null,
      WEBHOOK_SECRET: null,
      WEBHOOK_PRIVATE: 'no',
      PORT: 8787,
      HOST: ['127.0.0.1', '::1'],
      ALLOWED_HOSTS: [],
      DATA_DIR: '/home/ann/.local/share/panorama-converter',
      TOKEN: null,
      ENGINE: 'auto',
      MAX_JOBS: 1,
      MAX_QUEUE: 10_000,
      MEMORY: 8 * 2 ** 30,
      KEEP_DAYS: 30,
      DISK_BUDGET: 20 * 2 ** 30,
      DISK_RESERVE: 2 ** 28,
      RATE_LIMIT: 600,
      LOG_LEVEL: 'info',
    });
    expect(read(['--max-jobs', '4']).MEMORY).toBe(2 * 2 ** 30);
    const env = { PORT: '9000', MEMORY: '1.5GB', DISK_BUDGET: '500 mb', HOST: '0.0.0.0, ::' };
    expect(read(['--port', '9001', '--engine=cpu', '--data-dir', 'data'], env)).toMatchObject({
      PORT: 9001,
      ENGINE: 'cpu',
      DATA_DIR: '/here/data',
      MEMORY: 1.5 * 2 ** 30,
      DISK_BUDGET: 500 * 2 ** 20,
      HOST: ['0.0.0.0', '::'],
    });
  });

  it('[CONF1] share a database and a store between processes', () => {
    const url = 'postgres://ann:a-password@db/panorama';
    const shared = { DATABASE_URL: url, BLOBS: 's3://bucket/some/prefix', TOKENS: 'tokens' };
    expect(read(['--role', 'worker', '--drain-seconds', '60'], shared)).toMatchObject({
      ROLE: 'worker',
      DRAIN_SECONDS: 60,
      ...shared,
      TOKENS: '/here/tokens',
    });
    expect(read(['--role', 'api', '--blobs', 'store'], { ...shared, BLOBS: '' }).BLOBS).toBe('/here/store');
  });

  it.each([
    [{ ROLE: 'worker' }, 'expected DATABASE_URL, BLOBS, TOKEN or TOKENS beside it, got none'],
    [{ ROLE: 'api', DATABASE_URL: 'postgres://db/x', BLOBS: '/store' }, 'expected TOKEN or TOKENS beside it'],
    [{ BLOBS: 's3://bucket' }, 'BLOBS: expected DATABASE_URL beside it'],
    [{ ROLE: 'boss' }, 'ROLE: expected one of all, api, worker, got "boss"'],
    [{ DATABASE_URL: 'mysql://ann:a-password@db/x' }, 'DATABASE_URL: expected an address like postgres://'],
    [{ BLOBS: 's3://bucket/../x' }, 'BLOBS: expected a folder, s3://bucket or s3://bucket/prefix'],
    [{ WEBHOOK_SECRET: 'a-password' }, 'WEBHOOK_SECRET: expected whsec_'],
    [{ WORKER_NAME: 'a b' }, 'WORKER_NAME: expected up to 100 letters'],
  ])('[CONF1] tell what of several processes is wrong, and no secret: %j', (env, message) => {
    let said = '';
    try {
      read([], env);
    } catch (error) {
      said = error instanceof ConfigError ? error.message : '';
    }
    expect(said).toContain(message);
    expect(said).not.toMatch(/a-password|\n/);
  });

  it("[CONF1] keep their data where the platform keeps an application's", () => {
    expect(read([], { XDG_DATA_HOME: '/data' }).DATA_DIR).toBe('/data/panorama-converter');
    expect(read([], {}, { platform: 'darwin' }).DATA_DIR).toBe(
      '/home/ann/Library/Application Support/panorama-converter',
    );
    expect(read([], { LOCALAPPDATA: 'C:\\Local' }, { platform: 'win32' }).DATA_DIR).toBe(
      'C:\\Local\\panorama-converter',
    );
  });

  it('[CONF2] are refused by name, all at once, on one line, a token never shown', () => {
    const problems = (argv: readonly string[], env: Record<string, string> = {}) => {
      try {
        read(argv, env);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return (error as ConfigError).message;
      }
      throw new Error('expected a refusal');
    };
    expect(problems(['--port', '70000', '--max-jobs', '0', '--engine', 'abacus'], { MEMORY: 'much' })).toBe(
      'PORT: expected a whole number from 0 to 65535, got "70000"; ' +
        'ENGINE: expected one of auto, cpu, webgpu, cuda, tensorflow, got "abacus"; ' +
        'MAX_JOBS: expected a whole number from 1 to 64, got "0"; ' +
        'MEMORY: expected bytes such as 500MB or 20GB, got "much"',
    );
    expect(problems([], { TOKEN: 'short secret' })).toBe(
      'TOKEN: expected 16 to 256 visible ASCII characters without spaces, got another',
    );
    expect(problems(['--colour', 'red', 'file', '--port'])).toMatch(
      /"file".*--colour: there is no such flag.*--port: expected a value/,
    );
    expect(problems(['--port', '1', '--port', '2'])).toMatch(/--port: expected it once/);
    expect(problems(['--host', 'a,,b'])).toMatch(/HOST: expected/);
  });

  it('[CONF2] are read or refused in one line, whatever is given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.dictionary(fc.constantFrom('PORT', 'MEMORY', 'HOST', 'TOKEN'), fc.string()),
        (argv, env) => {
          try {
            readConfig(argv, { ...MACHINE, env });
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
            expect((error as ConfigError).message).not.toMatch(/\n/);
          }
        },
      ),
    );
  });

  it('[CONF3] are all in the help', () => {
    const command = readConfig(['--help'], MACHINE);
    expect(command.name).toBe('help');
    const text = command.name === 'help' ? command.text : '';
    for (const name of Object.keys(read([]))) {
      expect(text).toContain(` ${name} `);
      expect(text).toContain(`--${name.toLowerCase().replaceAll('_', '-')} `);
    }
  });
});
