/** How far a long task is: handed down to whatever takes longer than a second; drawn as a bar by the command line. */
export interface Progress {
  /** `done` of `total` steps of the stage called `stage` are finished; `note` may carry the latest figures. */
  report(stage: string, done: number, total: number, note?: string): void
}

export const silentProgress: Progress = { report: () => undefined }
