/** One of several, of which one always is chosen. */
import { Select, type SelectProps } from '@mantine/core'

export function Choice<Value extends string>({
  label,
  choose,
  ...others
}: {
  label: string
  data: NonNullable<SelectProps<Value>['data']>
  value: Value | null
  choose: (value: Value) => void
  size?: 'xs' | 'sm'
  w?: number
  comboboxProps?: NonNullable<SelectProps<Value>['comboboxProps']>
}) {
  return (
    <Select<Value>
      {...others}
      aria-label={label}
      allowDeselect={false}
      onChange={(value) => {
        if (value !== null) choose(value)
      }}
    />
  )
}
