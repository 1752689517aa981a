/** What the tests use of jsdom; its own declarations would bring the types of a browser into the whole project. */
declare module 'jsdom' {
  export class VirtualConsole {
    on(event: 'jsdomError' | 'error', listener: (error: unknown) => void): this
  }
  export class JSDOM {
    constructor(html: string, options: object)
    readonly window: { close(): void; eval(script: string): unknown; readonly document: PageNode }
  }
  export interface PageNode {
    readonly textContent: string
    value: string
    checked: boolean
    readonly className: string
    querySelector(selector: string): PageNode | null
    querySelectorAll(selector: string): ArrayLike<PageNode> & Iterable<PageNode>
    click(): void
    dispatchEvent(event: unknown): boolean
  }
}
