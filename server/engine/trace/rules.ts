import { CONVOLUTION_RULES } from './convolution.ts';
import { ELEMENTWISE_RULES } from './elementwise.ts';
import type { KernelName, Rules } from './kernels.ts';
import { SHAPE_RULES } from './shape.ts';

/** One rule for every traced kernel. */
export const RULES: Rules<KernelName> = { ...ELEMENTWISE_RULES, ...SHAPE_RULES, ...CONVOLUTION_RULES };
