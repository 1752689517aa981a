/** The few signs of the navigation, drawn here so that no font is needed. */
const shapes = {
  overview: 'M3 12l6-6 4 4 8-8M3 20h18',
  models: 'M12 3v4M6 11h12M6 11v4M12 11v4M18 11v4M4 15h4v5H4zM10 15h4v5h-4zM16 15h4v5h-4zM10 3h4v4h-4z',
  train: 'M4 17v3h16v-3M12 4v11M7 9l5-5 5 5',
  shoppers: 'M9 11a4 4 0 100-8 4 4 0 000 8zM2 21c0-4 3-6 7-6s7 2 7 6M16 4a4 4 0 010 7M18 15c3 1 4 3 4 6',
  events: 'M3 12h4l3-8 4 16 3-8h4',
  catalogue: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  searches: 'M10 17a7 7 0 100-14 7 7 0 000 14zM15 15l6 6',
  merchandising: 'M9 4l6 3-2 5 4 4-9 1 3-7-4-4zM8 17l-4 4',
  audit: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5',
  settings: 'M4 7h10M18 7h2M14 4v6M4 17h2M10 17h10M10 14v6',
} as const
export type IconName = keyof typeof shapes

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden
    >
      <path d={shapes[name]} />
    </svg>
  )
}
