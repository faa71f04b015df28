/** Before all tests: the kernels as they stand. */
export { compileKernels as setup } from './compile.mjs';
