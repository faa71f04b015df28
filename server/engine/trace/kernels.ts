/** Every kernel that can be traced, with TensorFlow.js's own types of its inputs and attributes. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../graph.ts';
import type { Traced } from './traced.ts';

interface Nothing {
  readonly [attribute: string]: never;
}

export interface KernelSignatures {
  Abs: [tf.AbsInputs, Nothing];
  Add: [tf.AddInputs, Nothing];
  AddN: [tf.AddNInputs, Nothing];
  BatchMatMul: [tf.BatchMatMulInputs, tf.BatchMatMulAttrs];
  Cast: [tf.CastInputs, tf.CastAttrs];
  Concat: [tf.ConcatInputs, tf.ConcatAttrs];
  Conv2D: [tf.Conv2DInputs, tf.Conv2DAttrs];
  Conv2DBackpropFilter: [tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs];
  Conv2DBackpropInput: [tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs];
  Exp: [tf.ExpInputs, Nothing];
  ExpandDims: [tf.ExpandDimsInputs, tf.ExpandDimsAttrs];
  Fill: [Record<string, never>, tf.FillAttrs];
  Greater: [tf.GreaterInputs, Nothing];
  GreaterEqual: [tf.GreaterEqualInputs, Nothing];
  Identity: [tf.IdentityInputs, Nothing];
  LeakyRelu: [tf.LeakyReluInputs, tf.LeakyReluAttrs];
  Less: [tf.LessInputs, Nothing];
  LessEqual: [tf.LessEqualInputs, Nothing];
  Log: [tf.LogInputs, Nothing];
  LogicalNot: [tf.LogicalNotInputs, Nothing];
  Maximum: [tf.MaximumInputs, Nothing];
  Mean: [tf.MeanInputs, tf.MeanAttrs];
  Minimum: [tf.MinimumInputs, Nothing];
  Multiply: [tf.MultiplyInputs, Nothing];
  Neg: [tf.NegInputs, Nothing];
  OnesLike: [tf.OnesLikeInputs, Nothing];
  PadV2: [tf.PadV2Inputs, tf.PadV2Attrs];
  Pow: [tf.PowInputs, Nothing];
  RealDiv: [tf.RealDivInputs, Nothing];
  Reciprocal: [tf.ReciprocalInputs, Nothing];
  Relu: [tf.ReluInputs, Nothing];
  Reshape: [tf.ReshapeInputs, tf.ReshapeAttrs];
  ResizeBilinear: [tf.ResizeBilinearInputs, tf.ResizeBilinearAttrs];
  Rsqrt: [tf.RsqrtInputs, Nothing];
  Select: [tf.SelectInputs, Nothing];
  Sigmoid: [tf.SigmoidInputs, Nothing];
  Slice: [tf.SliceInputs, tf.SliceAttrs];
  SplitV: [tf.SplitVInputs, tf.SplitVAttrs];
  Sqrt: [tf.SqrtInputs, Nothing];
  Square: [tf.SquareInputs, Nothing];
  SquaredDifference: [tf.SquaredDifferenceInputs, Nothing];
  Step: [tf.StepInputs, tf.StepAttrs];
  Sub: [tf.SubInputs, Nothing];
  Sum: [tf.SumInputs, tf.SumAttrs];
  Tanh: [tf.TanhInputs, Nothing];
  Tile: [tf.TileInputs, tf.TileAttrs];
  Transpose: [tf.TransposeInputs, tf.TransposeAttrs];
  ZerosLike: [tf.ZerosLikeInputs, Nothing];
}

export type KernelName = keyof KernelSignatures;

/** TensorFlow.js's input record with traced values in place of tensors. */
type TracedInputs<Inputs> = Inputs extends readonly tf.TensorInfo[]
  ? readonly Traced[]
  : { readonly [Name in keyof Inputs]: Traced };

/** What tracing a kernel adds to the graph. */
export type Rule<Name extends KernelName> = (
  inputs: TracedInputs<KernelSignatures[Name][0]>,
  attributes: KernelSignatures[Name][1],
  graph: Graph,
) => Traced | readonly Traced[];

/** A rule for each of the named kernels: a missing one does not compile. */
export type Rules<Names extends KernelName> = { readonly [Name in Names]: Rule<Name> };
