/** Files that sharp cannot write itself, for tests: colour profiles, false claims. */
import { deflateSync } from 'node:zlib';

/** The smallest grey ICC profile (version 2): its one curve is linear, so sRGB 188 is stored as 128. */
export function linearGreyProfile(): Buffer {
  const text = Buffer.concat([Buffer.from('desc\0\0\0\0\0\0\0\x05grey\0', 'latin1'), Buffer.alloc(78)]);
  const copyright = Buffer.from('text\0\0\0\0none\0', 'latin1');
  const whitePoint = Buffer.alloc(20);
  whitePoint.write('XYZ ', 0, 'latin1');
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => whitePoint.writeUInt32BE(value, 8 + 4 * i));
  const curve = Buffer.from('curv\0\0\0\0\0\0\0\0', 'latin1');

  const tags: [string, Buffer][] = [
    ['desc', text],
    ['cprt', copyright],
    ['wtpt', whitePoint],
    ['kTRC', curve],
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  const bodies: Buffer[] = [];
  let offset = 128 + table.length;
  tags.forEach(([name, body], i) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    table.write(name, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(offset, 8 + 12 * i);
    table.writeUInt32BE(body.length, 12 + 12 * i);
    bodies.push(padded);
    offset += padded.length;
  });

  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02400000, 8);
  header.write('mntrGRAYXYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  [0xf6d6, 0x10000, 0xd32d].forEach((value, i) => header.writeUInt32BE(value, 68 + 4 * i));
  return Buffer.concat([header, table, ...bodies]);
}

/** The PNG with `profile` in an iCCP chunk behind its header; the pixels stay as they are. */
export function attachProfile(png: Buffer, profile: Buffer): Buffer {
  const afterHeader = 8 + 25;
  const body = Buffer.concat([Buffer.from('grey\0\0', 'latin1'), deflateSync(profile)]);
  return Buffer.concat([png.subarray(0, afterHeader), pngChunk('iCCP', body), png.subarray(afterHeader)]);
}

/** A PNG of nothing but its header, which claims a size. */
export function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const pixels = pngChunk('IDAT', deflateSync(Buffer.alloc(64)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', header), pixels]);
}

function pngChunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

/** zlib's own needs Node 22. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
