export { budgetWarned } from './budget-warned.ts'
export { createWebhooks } from './create-webhooks.ts'
