/** All works, kernels first. */
import { kernelWorks } from './kernel-works.ts'
import { modelWorks } from './model-works.ts'
import type { Work } from './work.ts'

export const works: readonly Work[] = [...kernelWorks, ...modelWorks]
