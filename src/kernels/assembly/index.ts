/** Everything the host may call; one file a family of kernels. */
export { gemmColumns, gemmRows, gemmWorkspaceBytes } from './gemm'
export { gatherSum, sampledDots, tableDots } from './sparse-rows'
export { setWorkspace } from './workspace'
