import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BlobError } from './errors.ts';
import { S3Blobs } from './s3-blobs.ts';

const SECRET = 'a-secret-key';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'an-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const undo: (() => void)[] = [];
afterEach(() => {
  for (const close of undo.splice(0)) close();
});

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
  /** From 1. */
  readonly count: number;
}
type Answer = (response: ServerResponse, asked: Asked) => void;

/** A store that answers so, and how often it was asked. */
async function storeThat(answer: Answer, attemptMs = 60_000) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { request, url: new URL(request.url ?? '', 'http://store'), body, count: asked.length + 1 };
      asked.push(one);
      answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  undo.push(close);
  const { port } = server.address() as AddressInfo;
  const place = {
    bucket: 'bucket',
    prefix: 'pre',
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
  };
  return { blobs: new S3Blobs(place, { attemptMs, attempts: 3 }), asked, close };
}

const xml = (response: ServerResponse, status: number, content: string) =>
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${content}`);

const says =
  (status: number, code: string): Answer =>
  (response) =>
    xml(response, status, `<Error><Code>${code}</Code><Message>so it is</Message></Error>`);

/** All that a list tells of keys. */
const contents = (keys: readonly string[]) =>
  keys
    .map((key) => {
      const rest = '<Size>1</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified>';
      return `<Contents><Key>${key}</Key>${rest}</Contents>`;
    })
    .join('');

async function keys(blobs: S3Blobs, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of blobs.list(prefix)) found.push(key);
  return found;
}

const failureOf = (doing: Promise<unknown>) =>
  doing.then(
    () => expect.unreachable('it has to fail'),
    (error: unknown) => error as BlobError,
  );

describe('what a store is asked', () => {
  it('[BLOB2] for every page of a list', async () => {
    const { blobs, asked } = await storeThat((response, { url }) => {
      const second = url.searchParams.get('continuation-token') === 'the&rest';
      const more = second ? '' : '<NextContinuationToken>the&amp;rest</NextContinuationToken>';
      const page = contents([second ? 'pre/jobs/b' : 'pre/jobs/a']);
      xml(response, 200, `<ListBucketResult>${page}${more}</ListBucketResult>`);
    });
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a', 'jobs/b']);
    expect(asked.map(({ url }) => url.searchParams.get('prefix'))).toEqual(['pre/jobs/', 'pre/jobs/']);
  });

  it('[BLOB3] to remove a thousand at once at most, also what only stands for a folder', async () => {
    const there = ['pre/jobs/', ...Array.from({ length: 1500 }, (_, n) => `pre/jobs/${n}`)];
    const { blobs, asked } = await storeThat((response, { request }) => {
      if (request.method === 'GET')
        xml(response, 200, `<ListBucketResult>${contents(there)}</ListBucketResult>`);
      else xml(response, 200, '<DeleteResult></DeleteResult>');
    });
    expect(await keys(blobs, 'jobs')).toHaveLength(1500);
    await blobs.remove('jobs');
    const removals = asked.filter(({ request }) => request.method === 'POST');
    const removed = removals.map(({ body }) =>
      [...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key ?? ''),
    );
    expect(removed.map(({ length }) => length)).toEqual([1000, 502]);
    expect(removed.flat().toSorted()).toEqual(['pre/jobs', ...there].toSorted());
    // Older stores take nothing else as a checksum of it.
    for (const { request, body } of removals) {
      expect(request.headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'));
      expect(request.headers.authorization).toContain('content-md5');
    }
  });

  it('[BLOB4] to copy onto itself what is used', async () => {
    const { blobs, asked } = await storeThat((response) => xml(response, 200, '<CopyObjectResult/>'));
    await blobs.touch('models/m');
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/bucket/pre/models/m']);
    expect(asked[0]?.request.headers).toMatchObject({
      'x-amz-copy-source': 'bucket/pre/models/m',
      'x-amz-metadata-directive': 'REPLACE',
    });
  });

  it('[BLOB4] without an error where that must not be', async () => {
    const { blobs, asked } = await storeThat(says(403, 'AccessDenied'));
    await blobs.touch('models/m');
    expect(asked).toHaveLength(1);
  });
});

describe('a store that does not do what it should', () => {
  it.each([
    [403, 'AccessDenied', 'store-refused', /credentials \(AccessDenied\)/],
    [403, 'InvalidAccessKeyId', 'store-refused', /credentials \(InvalidAccessKeyId\)/],
    [400, 'ExpiredToken', 'store-refused', /credentials \(ExpiredToken\)/],
    [403, 'RequestTimeTooSkewed', 'store-refused', /clock/],
    [404, 'NoSuchBucket', 'store-refused', /no such bucket in us-east-1/],
    [301, 'PermanentRedirect', 'store-refused', /no such bucket in us-east-1/],
    [400, 'AuthorizationHeaderMalformed', 'store-refused', /AWS_REGION/],
    [507, 'InsufficientStorage', 'store-full', /no room left/],
    [413, 'EntityTooLarge', 'store-full', /no room left/],
    [400, 'QuotaExceeded', 'store-full', /no room left/],
    [403, 'QuotaExceeded', 'store-full', /no room left/],
    [503, 'SlowDown', 'store-away', /does not answer as it should/],
    [500, 'InternalError', 'store-away', /does not answer as it should/],
    [405, 'MethodNotAllowed', 'store-refused', /MethodNotAllowed, status 405/],
  ])('[BLOB10] %i %s is told as %s, in one line', async (status, code, expected, message) => {
    const { blobs } = await storeThat(says(status, code));
    const failure = await failureOf(blobs.put('a', 'x', 'the picture'));
    expect(failure).toMatchObject({ code: expected, kind: 'machine' });
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(/^writing the picture: s3:\/\/bucket\/pre/);
    expect(failure.message).not.toMatch(/\n/);
    expect(failure.message).not.toContain(SECRET);
  });

  it.each([
    ['AccessDenied', 'store-refused'],
    ['InternalError', 'store-away'],
  ])('[BLOB10] one of several that is not removed (%s) is told as %s', async (code, expected) => {
    const { blobs } = await storeThat((response, { request }) => {
      const gone = '<Error><Key>pre/jobs</Key><Code>NoSuchKey</Code></Error>';
      const kept = `<Error><Key>pre/jobs/a</Key><Code>${code}</Code></Error>`;
      if (request.method === 'POST') xml(response, 200, `<DeleteResult>${gone}${kept}</DeleteResult>`);
      else xml(response, 200, `<ListBucketResult>${contents(['pre/jobs/a'])}</ListBucketResult>`);
    });
    expect(await failureOf(blobs.remove('jobs'))).toMatchObject({
      code: expected,
      message: expect.stringMatching(new RegExp(`^removing: .*${code}`)) as string,
    });
  });

  it('[BLOB10] is asked again where that may help', async () => {
    const { blobs, asked } = await storeThat((response, one) => {
      if (one.count < 3) says(503, 'SlowDown')(response, one);
      else response.end();
    });
    await blobs.put('a', 'x', 'the picture');
    expect(asked.map(({ body }) => body)).toEqual(['x', 'x', 'x']);
  });

  it('[BLOB10] that never answers is left after its time, so often as is tried', async () => {
    const { blobs, asked } = await storeThat(() => undefined, 300);
    expect(await failureOf(blobs.put('a', 'x', 'the picture'))).toMatchObject({ code: 'store-away' });
    expect(asked).toHaveLength(3);
  });

  it('[BLOB10] whose answer stops half way, or is cut off, is asked for it again', async () => {
    const { blobs, asked } = await storeThat((response, { count }) => {
      response.writeHead(200, { 'content-length': 5 });
      if (count === 1) response.write('wh');
      else if (count === 2) response.write('wh', () => response.destroy());
      else response.end('whole');
    }, 1000);
    expect(new TextDecoder().decode((await blobs.get('a')) ?? undefined)).toBe('whole');
    expect(asked).toHaveLength(3);
  });

  it('[BLOB10] whose answers all stop half way is away', async () => {
    const { blobs, asked } = await storeThat((response) => {
      response.writeHead(200, { 'content-length': 5 }).write('wh');
    }, 300);
    expect(await failureOf(blobs.get('a'))).toMatchObject({
      code: 'store-away',
      message: expect.stringContaining('(TimeoutError)') as string,
    });
    expect(asked).toHaveLength(3);
  });

  it('[BLOB10] that is not there is away', async () => {
    const { blobs, close } = await storeThat(() => undefined);
    close();
    expect(await failureOf(blobs.get('a'))).toMatchObject({
      code: 'store-away',
      message: expect.stringContaining('(ECONNREFUSED)') as string,
    });
  });

  it('[BLOB6] is found out by a check where it is no store at all', async () => {
    const { blobs } = await storeThat((response) => response.end('<html>Welcome</html>'));
    expect(await failureOf(blobs.check())).toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/does not give back what was written; check S3_ENDPOINT$/) as string,
    });
  });
});

it('[BLOB10] missing credentials are told', async () => {
  const { blobs, asked } = await storeThat((response) => response.end());
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  expect(await failureOf(blobs.get('a'))).toMatchObject({
    code: 'store-refused',
    message: expect.stringMatching(
      /refuses these credentials \(CredentialsProviderError\); check AWS_/,
    ) as string,
  });
  expect(asked).toHaveLength(0);
});
