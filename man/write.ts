import { writeFileSync } from 'node:fs'
import { currentPage, pagePath } from './page.ts'

writeFileSync(pagePath, currentPage())
