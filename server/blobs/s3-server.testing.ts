/** An S3-compatible server for tests, with one bucket. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import S3rver, { type Store, type StoredObject } from 's3rver';

export interface S3Server {
  /** For `BLOBS`. */
  readonly place: string;
  /** The address, and who may use it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const BUCKET = 'panoramas';
const PREFIX = 'some/prefix';
/** The only ones that it knows. */
const KEY = 'S3RVER';

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'panorama-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { store } = server;
  store.putObject = (object) => putWhole(store, object);
  const { port } = await server.run();
  // It removes folders that are empty, also while another request is about to write into them.
  await mkdir(join(directory, BUCKET, PREFIX), { recursive: true });
  await writeFile(join(directory, BUCKET, PREFIX, 'never empty'), '');
  return {
    place: `s3://${BUCKET}/${PREFIX}`,
    env: { S3_ENDPOINT: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As S3 does: it is there whole when it is answered, or not at all. s3rver answers before, and ends where that fails. */
async function putWhole(
  store: Store,
  { bucket, key, content, metadata }: StoredObject,
): Promise<{ size: number; md5: string }> {
  const bytes = await buffer(content);
  const path = store.getResourcePath(bucket, key, 'object');
  const temporary = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, bytes);
  await rename(temporary, path);
  const md5 = createHash('md5').update(bytes).digest('hex');
  await store.putMetadata(bucket, key, metadata, md5);
  return { size: bytes.length, md5 };
}
