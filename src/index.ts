/** Haggle as a library: open an engine in your own process, or put its HTTP door in front of it. */
export { createManualClock, systemClock } from './base/clock.ts'
export { type Config, defaultConfig, loadConfig, readConfig } from './base/config.ts'
export { createLog } from './base/log.ts'
export { HaggleError } from './domain/errors.ts'
export { type Engine, type EngineOptions, openEngine } from './engine.ts'
export { createApp } from './http/app.ts'
