/** A merchandiser's rules. */
import type { Json } from '../../domain/item.ts'
import type { Raw } from '../../engine.ts'
import { entryRoutes } from '../entry-routes.ts'

export const ruleRoutes = entryRoutes({
  kind: 'rule',
  path: 'rules',
  replaces: 'clearExistingRules',
  fits: (rule, { anchoring, context, enabled }) =>
    (enabled === undefined || enabled === null || (rule.enabled ?? true) === enabled) &&
    (anchoring === undefined || conditionsOf(rule).some((each) => each.anchoring === anchoring)) &&
    (context === undefined || conditionsOf(rule).some((each) => each.context === context)),
})

function conditionsOf(rule: Raw): Raw[] {
  const conditions: readonly Json[] = Array.isArray(rule.conditions) ? (rule.conditions as readonly Json[]) : []
  return [...conditions, rule.condition ?? null].filter(
    (each): each is { readonly [name: string]: Json } => typeof each === 'object' && each !== null,
  )
}
