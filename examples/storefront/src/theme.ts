/** Light or dark: as the system has it until the shopper says otherwise. */
const key = 'theme'
const dark = () => matchMedia('(prefers-color-scheme: dark)').matches

export function applyTheme(): void {
  document.documentElement.dataset.theme = localStorage.getItem(key) ?? (dark() ? 'dark' : 'light')
}

export function switchTheme(): void {
  localStorage.setItem(key, document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark')
  applyTheme()
}
