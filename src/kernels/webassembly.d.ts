/** The part of the standard `WebAssembly` that the kernels use; Node has it, its types leave it to the DOM's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Instance {
    constructor(module: Module, imports: unknown)
    readonly exports: unknown
  }
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean
}
