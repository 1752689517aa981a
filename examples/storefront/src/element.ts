/** Elements in one call, text always as text. */
type Child = Node | string | number | null | false
type Listener = (event: never) => void
type Properties = Readonly<Record<string, string | number | boolean | null | undefined | Listener>>

/** `on…` are listeners, `class` and names with a dash or `role` are attributes, all else properties. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false || value === null) continue
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value as unknown as EventListener)
    else if (key === 'class' || key === 'role' || key === 'for' || key.includes('-'))
      made.setAttribute(key, String(value))
    else Object.assign(made, { [key]: value })
  }
  made.append(...children.filter((child) => child !== null && child !== false).map((child) => child as Node | string))
  return made
}

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found as Kind
}

const shapes: Readonly<Record<string, string>> = {
  search: 'M10.5 3.5a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5',
  cart: 'M5 8h14l-1.2 11a2 2 0 0 1-2 1.8H8.2a2 2 0 0 1-2-1.8zM8.5 10V7a3.5 3.5 0 0 1 7 0v3',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.8 1.8M17.2 17.2L19 19M19 5l-1.8 1.8M6.8 17.2L5 19',
  spark: 'M12 3l2 6.5 6.5 2.5-6.5 2.5L12 21l-2-6.5L3.5 12 10 9.5z',
  filter: 'M4 6h16M7 12h10M10 18h4',
}

export function icon(name: keyof typeof shapes): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.classList.add('icon')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', shapes[name])
  svg.append(path)
  return svg
}
