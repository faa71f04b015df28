/** Compiles `assembly/` to `kernels.wasm`, unless that is there and newer. */
export function compileKernels(): Promise<void>;
