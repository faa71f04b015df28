/** How a run ended: the pictures it wrote, its exit status, and its failure in one line. */
import { PanoramaError } from '../../shared/errors.ts';
import { RemoteError } from './errors.ts';

export const EXIT = { done: 0, failed: 1, wrong: 2, interrupted: 130 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** A picture that is whole on the disk, its path as the user would name it. */
export interface WrittenPicture {
  /** 0 is the draft. */
  readonly n: number;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

export interface Failure {
  readonly status: ExitStatus;
  readonly code: string;
  /** One line. */
  readonly message: string;
}

/** What a run leaves: its variants, or the draft where there are none. */
export function results(written: readonly WrittenPicture[]): readonly WrittenPicture[] {
  const variants = written.filter(({ n }) => n > 0);
  return variants.length > 0 ? variants : written;
}

/** A failure as the user is told it, with what is there nonetheless. */
export function explain(error: unknown, interrupted: boolean, written: readonly WrittenPicture[]): Failure {
  const left = whatIsLeft(written);
  if (interrupted) {
    // A job elsewhere that does not end with the command is told too.
    const elsewhere = error instanceof RemoteError ? `; ${error.message}` : '';
    return {
      status: EXIT.interrupted,
      code: 'interrupted',
      message: oneLine(`interrupted; ${left ?? 'nothing was written'}${elsewhere}`),
    };
  }
  const known = error instanceof PanoramaError ? (error as PanoramaError) : null;
  const text = error instanceof Error ? error.message : String(error);
  const message = known ? known.message : `internal: ${text.replace(/^internal: /, '')}`;
  return {
    status: known?.kind === 'request' ? EXIT.wrong : EXIT.failed,
    code: known?.code ?? 'internal',
    message: oneLine(left === null ? message : `${message}; ${left}`),
  };
}

function whatIsLeft(written: readonly WrittenPicture[]): string | null {
  const paths = results(written).map(({ path }) => path);
  if (paths.length === 0) return null;
  return `${written.length === 1 && written[0]?.n === 0 ? 'the draft is at' : 'finished:'} ${paths.join(', ')}`;
}

/** What a file's or an option's name may hold must not steer the terminal either. */
function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?')
    .trim();
}
