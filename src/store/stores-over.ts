/** The parts of the shop's memory, over one database whichever it is. */
import type { Kysely } from 'kysely'
import { createAuditStore } from './audit-store.ts'
import { createCatalogueStore } from './catalogue-store.ts'
import { createChangeLog } from './change-log.ts'
import { createEntryStore } from './entry-store.ts'
import { createEventStore } from './event-store.ts'
import { createExposureStore } from './exposure-store.ts'
import { createGenerationStore } from './generation-store.ts'
import { createImportStore } from './import-store.ts'
import { createKeyStore } from './key-store.ts'
import { createPeopleStore } from './people-store.ts'
import { createReportStore } from './report-store.ts'
import { createSearchCountStore } from './search-count-store.ts'
import { createSecretStore } from './secret-store.ts'
import { createLeaseStore } from './lease-store.ts'
import { createMonthStore } from './months.ts'
import type { ChangeLog, Store } from './store.ts'
import type { Tables } from './tables.ts'
import { createVectorStore } from './vector-store.ts'

/**
 * @param afterErase lets the database drop what it still holds of erased rows outside its tables
 * @param listen hears of other processes, where there may be others
 */
export function storesOver(
  db: Kysely<Tables>,
  afterErase: () => Promise<void> = async () => undefined,
  listen: ChangeLog['listen'] = listenToNobody,
): Omit<Store, 'snapshot' | 'close'> {
  return {
    catalogues: createCatalogueStore(db),
    events: createEventStore(db, afterErase),
    exposures: createExposureStore(db, afterErase),
    searches: createSearchCountStore(db),
    generations: createGenerationStore(db),
    imports: createImportStore(db),
    reports: createReportStore(db),
    entries: createEntryStore(db),
    keys: createKeyStore(db),
    vectors: createVectorStore(db),
    changes: createChangeLog(db, listen),
    leases: createLeaseStore(db),
    people: createPeopleStore(db, afterErase),
    audit: createAuditStore(db),
    secrets: createSecretStore(db),
    months: createMonthStore(db),
  }
}

/** Nobody else changes anything. */
const listenToNobody: ChangeLog['listen'] = () => async () => undefined
