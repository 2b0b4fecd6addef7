/** How a user calls this program: from a clone, npm runs it on the pinned Node. */
export const ownName = import.meta.url.endsWith('.ts') ? 'npm run inseam --' : 'npx inseam'
