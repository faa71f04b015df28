/** What a probe tells: which device there is, or why an engine cannot start and what to do. */
import type { EngineChoice } from '../../shared/request.ts';
import { EngineError } from './errors.ts';
import type { EngineErrorCode } from './errors.ts';
import type { Probe } from './probe.ts';

type Name = Exclude<EngineChoice, 'auto'>;

const CUDA_FILES = 'npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12';
const DRIVERS = 'a Vulkan, Metal or Direct3D 12 driver';
/** Devices that are the processor itself in disguise. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|paravirtual/i;

export interface Device {
  readonly name: string;
  readonly software: boolean;
}

/**
 * The device that WebGPU works on. On Linux it has the name that the Vulkan loader gives it, and one without a name is
 * taken for software; elsewhere the system's own drivers are real ones.
 */
export function webgpuDevice({ log }: Probe, platform: NodeJS.Platform = process.platform): Device {
  if (platform === 'darwin') return { name: 'a GPU, by Metal', software: false };
  if (platform === 'win32') return { name: 'a GPU, by Direct3D 12', software: false };
  const name = [...log.matchAll(/Using "([^"]+)" with driver/g)].at(-1)?.[1]?.trim();
  if (!name) return { name: 'a GPU, by Vulkan', software: true };
  return { name, software: SOFTWARE.test(name) };
}

/** The error of an engine whose probe failed. */
export function diagnose(engine: Name, { message, log }: Probe): EngineError {
  const told = `${message}\n${log}`;
  if (engine === 'cuda') {
    if (/driver version is insufficient|driver.*(too old|insufficient)/i.test(told)) {
      return cannotStart(
        'engine-driver',
        engine,
        'the NVIDIA driver is too old for CUDA 12: install 525 or newer',
        told,
      );
    }
    if (/no CUDA-capable device|no device/i.test(told)) {
      return cannotStart('engine-no-device', engine, 'no NVIDIA GPU was found', told);
    }
    return unavailable(engine, told);
  }
  if (engine !== 'webgpu') return unavailable(engine, told);
  if (/Couldn't load Vulkan/i.test(told)) {
    return cannotStart(
      'engine-unavailable',
      engine,
      `it needs the Vulkan loader (on Debian: apt install libvulkan1) and a GPU with ${DRIVERS}`,
      told,
    );
  }
  const listed = /\[0\] (.+\S)/.exec(log)?.[1];
  if (listed && /No supported adapters/i.test(message)) {
    return cannotStart(
      'engine-driver',
      engine,
      `the driver of ${listed} is too old: install a newer one with Vulkan 1.1 or later`,
      told,
    );
  }
  if (/No supported adapters|Failed to get a WebGPU adapter/i.test(message)) {
    return cannotStart('engine-no-device', engine, `no GPU with ${DRIVERS} was found: install it`, told);
  }
  return unavailable(engine, told);
}

const REMEDIES: Record<Name, string> = {
  cpu: 'reinstall the packages with npm ci',
  webgpu: `it needs a GPU with ${DRIVERS}`,
  cuda: `it needs an NVIDIA GPU, CUDA 12 and ONNX Runtime's CUDA files: ${CUDA_FILES}`,
  tensorflow: `it needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node: ${installing('@tensorflow/tfjs-node')}`,
};

/** The error of an engine whose parts are not installed. */
export function unavailable(engine: Name, cause: unknown): EngineError {
  return cannotStart('engine-unavailable', engine, REMEDIES[engine], cause);
}

/** A package of TensorFlow.js for Node that is installed and of no use. */
export type BrokenPackage = {
  readonly name: string;
} & ({ readonly loads: false; /** In one line. */ readonly reason: string } | { readonly loads: true });

/** The error of the engine `tensorflow` where packages are installed, but none works. */
export function brokenTensorflow(packages: readonly BrokenPackage[], cause?: unknown): EngineError {
  const told = packages.map((broken) =>
    broken.loads
      ? `${broken.name} loads but registers no backend for this TensorFlow.js: ${installing(broken.name)}`
      : `${broken.name} is installed but does not work (${broken.reason}): npm rebuild ${broken.name}`,
  );
  return cannotStart('engine-unavailable', 'tensorflow', told.join('; '), cause);
}

/**
 * The command that installs the version of the bundled TensorFlow.js and changes no file of the project. Without
 * `--save-prod` npm 11 takes the name for the optional peer dependency that it is, and installs nothing.
 */
function installing(name: string): string {
  return `npm install --no-save --save-prod ${name}@4.22.0`;
}

function cannotStart(code: EngineErrorCode, engine: Name, remedy: string, cause: unknown): EngineError {
  const elsewhere = engine === 'cpu' ? '' : '; --engine cpu works everywhere';
  return new EngineError(code, `engine ${engine} cannot start: ${remedy}${elsewhere}`, cause);
}
