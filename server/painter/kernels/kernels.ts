/** What `assembly/index.ts` exports. Addresses are byte offsets into the shared memory. */
export type Address = number;

/** Each does the rows [from, to) of its work; `thread` is the number of the thread that does them. */
type Kernel<Args extends readonly number[]> = (
  from: number,
  to: number,
  thread: number,
  ...args: Args
) => void;

export interface Kernels {
  coherentRows: Kernel<
    [
      query: Address,
      source: Address,
      earlier: Address,
      field: Address,
      low: Address,
      high: Address,
      weights: Address,
    ]
  >;
  spreadPixels: Kernel<[image: Address, spread: Address]>;
  exactRows: Kernel<
    [
      block: number,
      spreadQuery: Address,
      spreadSource: Address,
      field: Address,
      low: Address,
      high: Address,
      weights: Address,
      farMasks: Address,
      best: Address,
      smallest: Address,
      scratch: Address,
      scratchBytes: number,
    ]
  >;
  voteRows: Kernel<
    [
      field: Address,
      source: Address,
      result: Address,
      patchWeights: Address,
      trust: Address,
      trustLength: number,
      mismatch: Address,
      scratch: Address,
      scratchBytes: number,
    ]
  >;
  channelOf: Kernel<[mismatch: Address, channel: Address, columns: number]>;
  addCorrection: Kernel<[image: Address, channel: number, correction: Address, largest: number]>;
  relaxRows: Kernel<[grid: Address, colour: number]>;
  restrictRows: Kernel<[fine: Address, coarse: Address]>;
  addInterpolated: Kernel<[coarse: Address, fine: Address]>;
  transferGroups: Kernel<[transfer: Address]>;
  moveRows: Kernel<[transfer: Address, gain: Address]>;
  cycle: Kernel<[grids: Address, count: number]>;
}

export type KernelName = keyof Kernels;

/** What follows from, to and thread. */
export type KernelArguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [number, number, number, ...infer Args extends readonly number[]]
    ? Args
    : never;
