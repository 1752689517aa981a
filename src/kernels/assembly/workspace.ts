/** A stretch of memory of this thread's own, for what a kernel lays aside; the host says where it is. */
export let workspace: usize = 0

export function setWorkspace(address: usize): void {
  workspace = address
}
