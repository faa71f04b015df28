/**
 * The safetensors format: 8 bytes of header length, a JSON header, the numbers. Readable by every tool of the
 * field; the npm packages of that name are empty or only read, so the sixty lines are here.
 *
 * Source: https://github.com/huggingface/safetensors (format description). Float32 only.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HostTensor } from '../program.ts';
import { ModelError } from './model-error.ts';

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 1 << 20;

const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()).default({}) }).catchall(
  z.object({
    dtype: z.literal('F32'),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Texts beside the tensors. A checksum of both, `sha256`, is written and checked here. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Serialises tensors and metadata, with a checksum of the numbers. */
export function writeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const body = Buffer.concat(
    [...tensors.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
  let offset = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = offset;
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }] as const;
  });
  const header = JSON.stringify({
    __metadata__: { ...metadata, sha256: digest(metadata, body) },
    ...Object.fromEntries(entries),
  });
  // The numbers start at a multiple of eight; the format pads with spaces.
  const padding = (LENGTH_BYTES - (Buffer.byteLength(header) % LENGTH_BYTES)) % LENGTH_BYTES;
  const text = Buffer.from(header + ' '.repeat(padding));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, body]);
}

/**
 * Reads what `writeSafetensors` wrote.
 *
 * @throws ModelError `foreign` if it is no such file, `damaged` if it is one but cut off or altered.
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = buffer.length < LENGTH_BYTES ? Infinity : Number(buffer.readBigUInt64LE(0));
  if (headerLength > MAX_HEADER_BYTES)
    throw new ModelError('foreign', 'model file: not in the safetensors format');
  const bodyStart = LENGTH_BYTES + headerLength;
  if (bodyStart > buffer.length) throw new ModelError('damaged', 'model file: cut off inside its header');
  const header = parseHeader(buffer.toString('utf8', LENGTH_BYTES, bodyStart));
  const {
    __metadata__: { sha256, ...metadata },
    ...entries
  } = header;
  const body = buffer.subarray(bodyStart);
  if (sha256 === undefined) {
    throw new ModelError('foreign', 'model file: it has no checksum, so this program did not write it');
  }
  if (sha256 !== digest(metadata, body))
    throw new ModelError('damaged', 'model file: its contents do not match its checksum');
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape, data_offsets }] of Object.entries(entries)) {
    const [start, end] = data_offsets;
    const count = shape.reduce((product, size) => product * size, 1);
    if (end > body.length || end - start !== count * Float32Array.BYTES_PER_ELEMENT) {
      throw new ModelError('damaged', `model file: tensor ${name} does not fit its shape [${shape.join()}]`);
    }
    // A copy: the numbers may lie at any offset of the file.
    tensors.set(name, { shape, data: new Float32Array(Uint8Array.from(body.subarray(start, end)).buffer) });
  }
  return { tensors, metadata };
}

function parseHeader(text: string): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelError(
      'foreign',
      'model file: its header is not a safetensors header of float32 tensors',
      cause,
    );
  }
}

/** Of the numbers and of what is said about them. */
function digest(metadata: Readonly<Record<string, string>>, body: Uint8Array): string {
  const texts = Object.entries(metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(texts)).update(body).digest('hex');
}
