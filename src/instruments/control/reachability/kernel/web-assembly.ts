/** The part of WebAssembly used here, which every runtime has and Node's types leave out. */
interface WebAssemblyRuntime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number; maximum: number; shared: boolean }) => KernelMemory;
}

/** A WebAssembly memory. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
}

/** The functions of a kernel. */
export interface KernelExports {
  readonly sweep: (...args: readonly number[]) => void;
  readonly bound: (from: number, to: number, result: number) => void;
  readonly wrap: (row: number) => void;
}

const { Module, Instance, Memory } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyRuntime })
  .WebAssembly;

/** Compiles a module. */
export function compileModule(bytes: Uint8Array): object {
  return new Module(bytes);
}

/** A memory of exactly so many bytes, a multiple of 64 KiB. @throws RangeError when the machine refuses. */
export function createMemory(bytes: number, isShared: boolean): KernelMemory {
  const pages = bytes / 65536;
  return new Memory({ initial: pages, maximum: pages, shared: isShared });
}

/** The functions of a compiled kernel on a memory. */
export function instantiateKernel(module: object, memory: KernelMemory): KernelExports {
  return new Instance(module, { kernel: { memory } }).exports as KernelExports;
}
