/** Everything the host may call; one file a family of kernels. */
export { gemmColumns, gemmRows, gemmWorkspaceBytes } from './gemm'
export { gramRows, mirrorLower } from './gram'
export { sweepPanel, sweepPivot, sweepUpdate } from './inverse'
export { sparseProductRows, sparseProductWorkspaceBytes } from './product'
export { solveRows, solveRowsWorkspaceBytes } from './solve'
export { gatherSum, sampledDots, tableDots } from './sparse-rows'
export { setWorkspace } from './workspace'
