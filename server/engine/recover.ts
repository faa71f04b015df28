/** Goes on where a GPU is lost in mid-work: its driver is reset, or updated, or the card is taken away. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { EngineError } from './errors.ts';

/**
 * Does `work` on an engine and closes it. After a lost device it is done once more on a new one, after that on the CPU,
 * where `choice` leaves the engine open.
 *
 * @throws whatever `work` throws, and the loss where nothing is left to try
 */
export async function onEngine<T>(
  choice: EngineChoice,
  first: Engine,
  start: (choice: EngineChoice) => Promise<Engine>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const left: EngineChoice[] = choice === 'auto' ? ['auto', 'cpu'] : [choice];
  for (let engine = first; ;) {
    let next: EngineChoice;
    try {
      return await work(engine);
    } catch (error) {
      const choiceLeft = isLoss(error) ? left.shift() : undefined;
      if (choiceLeft === undefined) throw error;
      next = choiceLeft;
    } finally {
      // Of a lost device there may be nothing to close.
      await engine.close().catch(() => undefined);
    }
    engine = await start(next);
  }
}

const isLoss = (error: unknown): boolean =>
  error instanceof EngineError && error.code === 'engine-device-lost';
