/** A table whose columns sort, readable by ear and by keyboard; wide ones scroll by themselves. */
import { Table, UnstyledButton } from '@mantine/core'
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table'
import { type ReactNode, useState } from 'react'

export interface Column<Row> {
  readonly id: string
  readonly head: ReactNode
  /** Stands beside the head, outside of the button that sorts. */
  readonly aside?: ReactNode
  /** What it is sorted by; not sortable where absent. */
  readonly value?: (row: Row) => number | string
  readonly cell: (row: Row) => ReactNode
  readonly numeric?: boolean
}

/** A column of numbers, sorted by what they are and written by `write`. */
export function figures<Row>(
  id: string,
  head: ReactNode,
  value: (row: Row) => number,
  write: (value: number) => string,
): Column<Row> {
  return { id, head, numeric: true, value, cell: (row) => write(value(row)) }
}

export function Board<Row>(props: {
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  label: string
  rowKey: (row: Row) => string
  marked?: (row: Row) => boolean
}) {
  const [sorting, setSorting] = useState<SortingState>([])
  const columns = props.columns.map(
    ({ id, value, head, cell }): ColumnDef<Row> => ({
      id,
      header: () => head,
      cell: ({ row }) => cell(row.original),
      enableSorting: value !== undefined,
      ...(value === undefined ? {} : { accessorFn: value, sortDescFirst: true }),
    }),
  )
  const table = useReactTable({
    data: props.rows as Row[],
    columns,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: props.rowKey,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  const asides = new Map(props.columns.map(({ id, aside }) => [id, aside]))
  const numeric = new Set(props.columns.filter((column) => column.numeric).map(({ id }) => id))
  const side = (id: string) => (numeric.has(id) ? 'right' : 'left')
  const order = { asc: 'ascending', desc: 'descending' } as const
  return (
    // A region that scrolls must be reachable for who has no mouse.
    <div className="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <Table aria-label={props.label} verticalSpacing={6} horizontalSpacing="xs" highlightOnHover>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map(({ id, column, getContext }) => {
                const sorted = column.getIsSorted()
                const content = flexRender(column.columnDef.header, getContext())
                return (
                  <Table.Th key={id} ta={side(id)} aria-sort={sorted === false ? undefined : order[sorted]}>
                    {column.getCanSort() ? (
                      <UnstyledButton className="sort" onClick={column.getToggleSortingHandler()}>
                        {content} <span aria-hidden>{sorted === false ? '' : sorted === 'asc' ? '↑' : '↓'}</span>
                      </UnstyledButton>
                    ) : (
                      content
                    )}{' '}
                    {asides.get(id)}
                  </Table.Th>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id} className={props.marked?.(row.original) ? 'marked-row' : undefined}>
              {row.getVisibleCells().map((cell) => (
                <Table.Td key={cell.id} ta={side(cell.column.id)}>
                  {flexRender(cell.column.columnDef.cell, cell.getContext())}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
