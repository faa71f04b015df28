/**
 * The painter's inner loops, in AssemblyScript: WebAssembly SIMD on memory that all threads share.
 *
 * Every kernel does the rows [from, to) of its work on one thread, `thread` being that thread's number; which thread
 * does which rows changes nothing in the result. Addresses are bytes into the memory; records (`Image`, `Field`,
 * `Grid`) are written by `records.ts`, field by field in the order of their classes. The same loops in plain
 * TypeScript are in `../plain/`; tests hold the two against each other.
 */
export { moveRows, transferGroups } from './balance';
export { coherentRows } from './coherent-search';
export { exactRows, spreadPixels } from './exact-search';
export { addCorrection, channelOf, voteRows } from './vote';
export { addInterpolated, cycle, relaxRows, restrictRows } from './multigrid';
