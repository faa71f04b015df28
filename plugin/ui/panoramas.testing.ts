/** Answers of a server as tests need them, each with what it is asked to differ in. */
import type { Estimate, Panorama, ScaleEvent, ServerInfo, Variant } from '../../shared/protocol.ts';
import { panoramaRequestSchema, type PanoramaRequestInput } from '../../shared/request.ts';

/** A UUID with a number at its end. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function panoramaOf(
  changes: Partial<Omit<Panorama, 'request'>> & { request?: Partial<PanoramaRequestInput> } = {},
): Panorama {
  const { request, ...rest } = changes;
  return {
    id: idOf(1),
    status: 'queued',
    phase: null,
    progress: { fraction: 0, scale: null, scales: null },
    queuePosition: rest.status === undefined || rest.status === 'queued' ? 1 : null,
    remaining: { low: 20, high: 40 },
    variants: [],
    preview: null,
    error: null,
    image: { width: 1600, height: 1200 },
    createdAt: '2026-05-04T10:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...rest,
    request: panoramaRequestSchema.parse({ width: 1440, height: 491, ...request }),
  };
}

export function variantOf(id: string, n: number, width = 1440, height = 491, upscaled = 1): Variant {
  return { n, width, height, upscaled, url: `/v1/panoramas/${id}/variants/${n}` };
}

/** The smallest picture there is. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function scaleOf(scale: number, scales = 7, preview = PIXEL): ScaleEvent {
  return { scale, scales, epochs: 300, losses: { reconstruction: 0.01 }, preview };
}

export function estimateOf(changes: Partial<Estimate> = {}): Estimate {
  return {
    seconds: { low: 24, high: 44 },
    draftSeconds: { low: 1.5, high: 3 },
    waitSeconds: { low: 0, high: 0 },
    memoryBytes: 1.3e9,
    upscaled: 1,
    scales: 7,
    ...changes,
  };
}

export function serverInfoOf(changes: Partial<ServerInfo> = {}): ServerInfo {
  return {
    version: '0.1.0',
    protocol: 1,
    engine: 'cpu',
    device: 'AMD EPYC, 2 cores',
    queued: 0,
    running: 0,
    limits: {
      jobs: 1,
      memoryBytes: 6e9,
      photoBytes: 64 * 2 ** 20,
      photoPixels: 1e8,
      frameSide: { min: 16, max: 8192 },
      variants: 8,
    },
    ...changes,
  };
}
