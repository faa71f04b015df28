/**
 * Writes a graph as an ONNX model (protocol buffers; field numbers from onnx.proto, IR version 9).
 * The wire format itself is @bufbuild/protobuf's: the maintained implementation, without code generation.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Shape } from '../program.ts';
import type { Attribute, Constant, Dtype, Graph, Node, Value } from './graph.ts';

const IR_VERSION = 9;
const OPSET = 18;
const DATA_TYPES: Record<Dtype, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_FLOATS = 6;
const ATTRIBUTE_INTS = 7;

/** The name that a value has inside the model. */
export const valueName = (value: Value): string => `v${value.id}`;

/** Serialises `graph`; inputs and outputs keep their own names. */
export function writeOnnxModel(graph: Graph): Uint8Array {
  const names = new Map(graph.inputs.map(({ name, value }) => [value.id, name]));
  const nameOf = (value: Value): string => names.get(value.id) ?? valueName(value);
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);

  const model = new BinaryWriter();
  varint(model, 1, IR_VERSION);
  message(model, 7, (writer) => {
    for (const node of graph.nodes) message(writer, 1, (inner) => writeNode(inner, node, nameOf));
    // One Identity each: an output then has its own name even where it is an input or another output.
    for (const output of graph.outputs)
      message(writer, 1, (inner) => writeIdentity(inner, nameOf(output.value), output.name));
    text(writer, 2, 'step');
    for (const constant of graph.constants) message(writer, 5, (inner) => writeTensor(inner, constant));
    for (const { name, value } of graph.inputs)
      message(writer, 11, (inner) => writeValueInfo(inner, name, value));
    for (const { name, value } of graph.outputs)
      message(writer, 12, (inner) => writeValueInfo(inner, name, value));
  });
  for (const domain of domains) {
    message(model, 8, (writer) => {
      text(writer, 1, domain);
      varint(writer, 2, domain === '' ? OPSET : 1);
    });
  }
  return model.finish();
}

function writeNode(writer: BinaryWriter, node: Node, nameOf: (value: Value) => string): void {
  for (const input of node.inputs) text(writer, 1, input ? nameOf(input) : '');
  for (const output of node.outputs) text(writer, 2, nameOf(output));
  text(writer, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes))
    message(writer, 5, (inner) => writeAttribute(inner, name, value));
  if (node.domain) text(writer, 7, node.domain);
}

function writeIdentity(writer: BinaryWriter, from: string, to: string): void {
  text(writer, 1, from);
  text(writer, 2, to);
  text(writer, 4, 'Identity');
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === 'number') {
    varint(writer, 3, value);
    varint(writer, 20, ATTRIBUTE_INT);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    varint(writer, 20, ATTRIBUTE_STRING);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    varint(writer, 20, ATTRIBUTE_FLOAT);
  } else if ('floats' in value) {
    for (const item of value.floats) writer.tag(7, WireType.Bit32).float(item);
    varint(writer, 20, ATTRIBUTE_FLOATS);
  } else {
    for (const item of value) varint(writer, 8, item);
    varint(writer, 20, ATTRIBUTE_INTS);
  }
}

function writeTensor(writer: BinaryWriter, { value, data }: Constant): void {
  for (const size of value.shape) varint(writer, 1, size);
  varint(writer, 2, DATA_TYPES[value.dtype]);
  text(writer, 8, valueName(value));
  writer
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValueInfo(writer: BinaryWriter, name: string, value: { shape: Shape; dtype: Dtype }): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      varint(tensor, 1, DATA_TYPES[value.dtype]);
      message(tensor, 2, (shape) => {
        for (const size of value.shape) message(shape, 1, (dimension) => varint(dimension, 1, size));
      });
    }),
  );
}

function varint(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
