/** What the benchmarks' command lines have in common. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../cli/errors.ts';

/**
 * Reads the arguments of `npm run PROGRAM`, each option at most once.
 *
 * @throws UsageError
 */
export function readArguments<O extends NonNullable<ParseArgsConfig['options']>>(
  program: string,
  argv: readonly string[],
  options: O,
) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, tokens: true });
  } catch (error) {
    const said = error instanceof Error ? error.message.split(/[.\n]/)[0] : String(error);
    throw new UsageError(`${said}; npm run ${program} -- --help lists the options`);
  }
  const names = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${twice}: expected once, got it twice`);
  return parsed;
}

/** @throws UsageError for a value that is none of the choices */
export function oneOf<T extends string>(flag: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === value);
  if (choice === undefined)
    throw new UsageError(`${flag}: expected one of ${choices.join(', ')}, got "${value}"`);
  return choice;
}
