/** `npm start`: one server until it is told to stop. */
import { homedir, hostname, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '../package.json';
import { PanoramaError } from '../shared/errors.ts';
import { readConfig, type Config } from './config.ts';
import { createLog } from './log.ts';
import { serve } from './serve.ts';

/** What may be there in a minute: whoever starts the server may try again (EX_TEMPFAIL of sysexits.h). */
const AWAY: ReadonlySet<string> = new Set(['database-away', 'store-away']);

/** How long stopping may take, beside what jobs are given, before the process ends all the same. */
const STOP_DEADLINE_MS = 15_000;

async function main(): Promise<void> {
  const command = readConfig(process.argv.slice(2), {
    env: process.env,
    platform: process.platform,
    home: homedir(),
    hostname: hostname(),
    // A container has less than its machine.
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Infinity),
    folder: process.cwd(),
  });
  if (command.name === 'help') {
    process.stdout.write(command.text);
    return;
  }
  const { config } = command;
  const log = createLog(config.LOG_LEVEL, process.stderr);
  const stop = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, resolve);
  });
  const started = serve(config, {
    version,
    hostname: hostname(),
    log,
    programs: new URL('./', import.meta.url),
    pageFolder: fileURLToPath(new URL('../web/', import.meta.url)),
  });
  const server = await started;
  process.stdout.write(greeting(config, server));
  log.info({ role: config.ROLE, port: server.port, engine: server.engine ?? undefined }, 'ready');

  const signal = await stop;
  log.info({ signal }, 'stopping');
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => process.exit(1));
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS + server.drainMs).unref();
  await server.close();
}

function greeting(config: Config, { port, token, engine }: Awaited<ReturnType<typeof serve>>): string {
  const hosts = new Set(config.HOST.map(shownHost));
  const fragment = token === null ? '' : `#token=${token}`;
  return [
    `Panorama Converter ${version}`,
    ...(config.ROLE === 'worker'
      ? []
      : [...hosts].map((host) => `page:   http://${host}:${port}/${fragment}`)),
    ...(token === null ? [`tokens: ${config.TOKENS}`] : [`token:  ${token}`]),
    ...(engine ? [`engine: ${engine.name} (${engine.device})`] : []),
    `data:   ${config.DATA_DIR}`,
    ...(config.BLOBS === null ? [] : [`blobs:  ${config.BLOBS}`]),
    '',
  ].join('\n');
}

/** How a browser would name an address that is listened on. */
function shownHost(address: string): string {
  if (['127.0.0.1', '::1', 'localhost'].includes(address)) return 'localhost';
  if (['0.0.0.0', '::'].includes(address)) return hostname();
  return address.includes(':') ? `[${address}]` : address;
}

try {
  await main();
  process.exit();
} catch (error) {
  const known = error instanceof PanoramaError;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`panorama server: ${known ? text : `internal: ${text}`}\n`);
  if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(known ? (AWAY.has((error as PanoramaError).code) ? 75 : 2) : 1);
}
