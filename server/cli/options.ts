import { basename, extname } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import {
  ENGINES,
  parseRequest,
  type EngineChoice,
  type Format,
  type PanoramaRequest,
} from '../../shared/request.ts';
import type { ServerAddress } from '../../shared/client.ts';
import { UsageError } from './errors.ts';
import { readServer, type Environment } from './server-option.ts';

/** Where the work is done: by this process, or by a server and its engine. */
export type Place =
  | { readonly name: 'here'; readonly engine: EngineChoice }
  | { readonly name: 'server'; readonly address: ServerAddress };

/** How the run is told: a progress bar or lines, JSON events, or not at all. */
export type Report = 'progress' | 'json' | 'quiet';

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | {
      readonly name: 'run';
      readonly photoPath: string;
      readonly outPath: string;
      readonly request: PanoramaRequest;
      readonly place: Place;
      readonly report: Report;
    };

const OPTIONS = {
  size: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  mode: { type: 'string' },
  anchor: { type: 'string' },
  zoom: { type: 'string' },
  variants: { type: 'string' },
  seed: { type: 'string' },
  preset: { type: 'string' },
  epochs: { type: 'string' },
  'max-size': { type: 'string' },
  optimizer: { type: 'string' },
  'learning-rate': { type: 'string' },
  engine: { type: 'string' },
  server: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

type OptionName = keyof typeof OPTIONS;
type Token = ReturnType<
  typeof parseArgs<{ tokens: true; strict: false; options: typeof OPTIONS }>
>['tokens'][number];

/** The request's fields by the flags that set them, for messages. */
const FLAGS: Readonly<Record<string, string>> = {
  width: '--size: width',
  height: '--size: height',
  'anchor.x': '--anchor: x',
  'anchor.y': '--anchor: y',
  'training.epochs': '--epochs',
  'training.maxSize': '--max-size',
  'training.optimizer': '--optimizer',
  'training.learningRate': '--learning-rate',
};

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};
const EXTENSION_OF: Readonly<Record<Format, string>> = { png: '.png', jpeg: '.jpg', webp: '.webp' };

/** Reads the command line, the program's name left out, and what of it `env` may hold. Throws `UsageError`. */
export function parseCommand(argv: readonly string[], env: Environment = {}): Command {
  const { tokens, positionals: photos } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  // Whoever asks for help may well have the rest wrong.
  for (const name of ['help', 'version'] as const) {
    if (tokens.some((token) => token.kind === 'option' && token.name === name)) return { name };
  }
  const given = givenOptions(tokens);

  const [photoPath, ...others] = photos;
  if (photoPath === undefined || photoPath === '') {
    throw new UsageError('PHOTO: expected the path of a picture, got nothing; panorama --help shows how');
  }
  if (others.length > 0) throw new UsageError(`PHOTO: expected one picture, got ${photos.length}`);
  if (given.has('json') && given.has('quiet'))
    throw new UsageError('--quiet: expected none with --json, got both');

  const format = formatOf(given.get('out'), given.get('format'));
  const request = readRequest(given, format);
  return {
    name: 'run',
    photoPath,
    outPath: given.get('out') ?? defaultOutPath(photoPath, request.format),
    request,
    place: readPlace(given, env),
    report: given.has('json') ? 'json' : given.has('quiet') ? 'quiet' : 'progress',
  };
}

/** The options that are there, each at most once; flags without a value hold ''. */
function givenOptions(tokens: readonly Token[]): Map<OptionName, string> {
  const given = new Map<OptionName, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!isOption(name)) throw new UsageError(`${rawName}: unknown option; panorama --help lists them`);
    if (given.has(name)) throw new UsageError(`--${name}: expected once, got it twice`);
    if (OPTIONS[name].type === 'boolean') {
      if (value !== undefined) throw new UsageError(`--${name}: expected no value, got "${value}"`);
    } else if (value === undefined || value === '' || (!inlineValue && value.startsWith('--'))) {
      throw new UsageError(`--${name}: expected a value, got ${value ? `the option ${value}` : 'nothing'}`);
    }
    given.set(name, value ?? '');
  }
  return given;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

function readRequest(given: ReadonlyMap<OptionName, string>, format: string | undefined): PanoramaRequest {
  const [width, height] = pair(given.get('size'), /x|×/i, '--size: expected WIDTHxHEIGHT such as 1440x491');
  const [x, y] = given.has('anchor')
    ? pair(given.get('anchor'), /,/, '--anchor: expected X,Y such as 0.5,0.5')
    : [];
  const parsed = parseRequest({
    width,
    height,
    mode: given.get('mode'),
    anchor: { x, y },
    zoom: number(given.get('zoom')),
    preset: given.get('preset'),
    training: {
      epochs: number(given.get('epochs')),
      maxSize: number(given.get('max-size')),
      optimizer: given.get('optimizer'),
      learningRate: number(given.get('learning-rate')),
    },
    seed: number(given.get('seed')),
    variants: number(given.get('variants')),
    format,
  });
  if (parsed.ok) return parsed.request;
  throw new UsageError(parsed.problems.map(nameFlag).join('; '));
}

function nameFlag(problem: string): string {
  const end = problem.indexOf(':');
  const field = problem.slice(0, end);
  return `${FLAGS[field] ?? `--${field}`}${problem.slice(end)}`;
}

/** A number where the text is one in plain notation; any other text as it is, for the schema to name. */
function number(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function pair(
  text: string | undefined,
  separator: RegExp,
  expected: string,
): (number | string | undefined)[] {
  const parts = text?.split(separator) ?? [];
  if (parts.length !== 2 || parts.includes('')) {
    throw new UsageError(`${expected}, got ${text === undefined ? 'nothing' : JSON.stringify(text)}`);
  }
  return parts.map(number);
}

function readPlace(given: ReadonlyMap<OptionName, string>, env: Environment): Place {
  const [server, token, engine] = [given.get('server'), given.get('token'), given.get('engine')];
  const address = readServer({ server, token, engine }, env);
  return address ? { name: 'server', address } : { name: 'here', engine: readEngine(engine ?? 'auto') };
}

function readEngine(name: string): EngineChoice {
  const engine = ENGINES.find((known) => known === name);
  if (engine === undefined)
    throw new UsageError(`--engine: expected one of ${ENGINES.join(', ')}, got "${name}"`);
  return engine;
}

/** --format, else what --out's extension means. A wrong --format is left for the schema to name. */
function formatOf(out: string | undefined, format: string | undefined): string | undefined {
  if (out === undefined) return format;
  const extension = extname(out);
  const meant = EXTENSIONS[extension.toLowerCase()];
  if (meant === undefined && (extension !== '' || format === undefined)) {
    const known = Object.keys(EXTENSIONS).join(', ');
    throw new UsageError(`--out: expected a name that ends in one of ${known}, got "${out}"`);
  }
  if (meant !== undefined && format !== undefined && meant !== format) {
    throw new UsageError(`--format: expected ${meant} or none with --out ${basename(out)}, got "${format}"`);
  }
  return format ?? meant;
}

function defaultOutPath(photoPath: string, format: Format): string {
  return `${basename(photoPath, extname(photoPath))}-panorama${EXTENSION_OF[format]}`;
}

/** Where variant `n` goes: 0 (the draft) and 1 to `outPath`, the others to `-2`, `-3` … beside it. */
export function variantPath(outPath: string, n: number): string {
  if (n <= 1) return outPath;
  const extension = extname(outPath);
  return `${outPath.slice(0, outPath.length - extension.length)}-${n}${extension}`;
}
