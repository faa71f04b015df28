import { describe, expect, it } from 'vitest';
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { diagnose, webgpuDevice } from './diagnose.ts';
import type { EngineError } from './errors.ts';
import { runError } from './failures.ts';
import { onEngine } from './recover.ts';

/** Works on each engine in turn, and loses all but the last. */
async function lose(choice: EngineChoice, losses: number) {
  const told: string[] = [];
  const engine = (name: string): Engine => ({
    name,
    createState: () => Promise.reject(new Error('not used')) as never,
    compile: () => Promise.reject(new Error('not used')),
    close: () => Promise.resolve(void told.push(`close ${name}`)),
  });
  const start = (next: EngineChoice) => Promise.resolve(engine(`${next} again`));
  const done = onEngine(choice, engine('first'), start, ({ name }) => {
    told.push(name);
    if (losses-- <= 0) return Promise.resolve('done');
    return Promise.reject(runError('webgpu', new Error('WebGPU device lost (1): VK_ERROR_DEVICE_LOST')));
  });
  return { told, result: await done.catch((error: unknown) => (error as EngineError).code) };
}

describe('onEngine', () => {
  it('[GPU5] a lost device is replaced once by a new one, then by the CPU where any engine will do', async () => {
    expect(await lose('auto', 0)).toEqual({ told: ['first', 'close first'], result: 'done' });
    expect(await lose('auto', 1)).toEqual({
      told: ['first', 'close first', 'auto again', 'close auto again'],
      result: 'done',
    });
    expect(await lose('auto', 2)).toMatchObject({
      told: ['first', 'close first', 'auto again', 'close auto again', 'cpu again', 'close cpu again'],
      result: 'done',
    });
    expect((await lose('webgpu', 1)).result).toBe('done');
    expect((await lose('webgpu', 2)).result).toBe('engine-device-lost');
  });

  it('[GPU5] any other failure is told at once', async () => {
    const engine = { close: () => Promise.resolve() } as Engine;
    const work = () => Promise.reject(runError('webgpu', new Error('out of memory')));
    const start = () => Promise.reject(new Error('not to be started'));
    await expect(onEngine('auto', engine, start, work)).rejects.toMatchObject({ code: 'engine-memory' });
  });
});

describe('what ONNX Runtime and the drivers say', () => {
  it.each([
    ['engine-memory', 'Buffer size (10000000000) exceeds the max buffer size limit (1073741824).'],
    ['engine-memory', '[Invalid Buffer (unlabeled)] is invalid due to a previous error.'],
    ['engine-memory', "Non-zero status code while running Add node. Name:'' Status Message: narrowing_error"],
    ['engine-device-lost', 'WebGPU device lost (1): A valid external Instance reference no longer exists.'],
    ['engine-failed', 'Non-zero status code returned while running Conv node.'],
  ])('[GPU6] %s: %s', (code, text) => {
    const error = runError('webgpu', new Error(`${text}\n - While calling [Device].`));
    expect(error).toMatchObject({ code, kind: 'machine' });
    expect(error.message).toMatch(/^engine webgpu: [^\n]+$/);
  });

  const none = 'Failed to get a WebGPU adapter: No supported adapters';
  const loader = '[Vulkan Loader] INFO | DRIVER:             [0] GeForce GT 430  \n';
  it.each([
    ['webgpu', 'engine-no-device', none, 'Warning: vkCreateInstance: Found no drivers!', /no GPU with/],
    ['webgpu', 'engine-unavailable', none, "Warning: Couldn't load Vulkan: libvulkan.so.1", /libvulkan1/],
    ['webgpu', 'engine-driver', none, loader, /driver of GeForce GT 430 is too old/],
    ['cuda', 'engine-driver', 'CUDA driver version is insufficient for CUDA runtime version', '', /525/],
    ['cuda', 'engine-no-device', 'no CUDA-capable device is detected', '', /no NVIDIA GPU/],
    ['cuda', 'engine-unavailable', 'Failed to load shared library', '', /npm rebuild onnxruntime-node/],
  ] as const)('[GPU6] %s that cannot start: %s', (engine, code, message, log, remedy) => {
    const error = diagnose(engine, { works: false, message, log });
    expect(error).toMatchObject({ code, kind: 'request' });
    expect(error.message).toMatch(remedy);
    expect(error.message).toMatch(/^engine \w+ cannot start: [^\n]+; --engine cpu works everywhere$/);
  });

  it('[GPU7] a device is real or made of software by the name that its driver gives', () => {
    const device = (name: string) =>
      webgpuDevice(
        { works: true, message: '', log: `  Using "${name}" with driver: "/lib/x.so"\n` },
        'linux',
      );
    expect(device('NVIDIA H100 PCIe')).toEqual({ name: 'NVIDIA H100 PCIe', software: false });
    expect(device('llvmpipe (LLVM 15.0.6, 256 bits)').software).toBe(true);
    expect(device('SwiftShader Device (Subzero)').software).toBe(true);
    expect(webgpuDevice({ works: true, message: '', log: '' }, 'linux').software).toBe(true);
    expect(webgpuDevice({ works: true, message: '', log: '' }, 'darwin').software).toBe(false);
  });
});
