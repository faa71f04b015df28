/** A run of many tasks that are kept one by one, so that the same command goes on from there. */
import { EXIT, explain, type ExitStatus } from '../cli/outcome.ts';
import { count } from './report/numbers.ts';

/** How far a run is, for whoever interrupts it. */
export interface Progress {
  finished: number;
  of: number;
}

/** The line and the exit status of a run that failed or was interrupted; `task` is what one of its tasks is called. */
export function failureOf(
  error: unknown,
  interrupted: boolean,
  { finished, of }: Progress,
  task: string,
): { message: string; status: ExitStatus } {
  const { message, status } = explain(error, interrupted, []);
  const told = status === EXIT.interrupted ? 'interrupted' : message;
  const kept = `; ${finished} of ${count(of, task)} finished and kept, the same command goes on from there`;
  return { message: `${told}${of > 0 ? kept : ''}`, status };
}
