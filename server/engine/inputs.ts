import type { Shape } from '../program.ts';

/** The numbers for a program's input; throws where they are missing or of another count than its shape. */
export function inputNumbers(
  values: Readonly<Record<string, Float32Array | undefined>>,
  name: string,
  shape: Shape,
): Float32Array {
  const numbers = values[name];
  const size = shape.reduce((product, length) => product * length, 1);
  if (numbers?.length !== size) {
    throw new Error(
      `internal: run: input ${name}: ${size} numbers expected for [${shape.join()}], got ${numbers?.length ?? 'none'}`,
    );
  }
  return numbers;
}
