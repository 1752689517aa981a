/** What travels over HTTP besides the routes' own schemas, for whoever writes a client: types only. */
export type { GenerationReport } from '../engine.ts'
export type { Job } from './jobs.ts'
export type { JobList } from './routes/jobs.ts'
export type { ProductCard } from './product-card.ts'
