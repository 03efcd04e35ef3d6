import { uploads } from '../../../uploads.mjs'

export const dynamic = 'force-dynamic'

export async function GET() {
  const lines = await uploads(process.env.ORIGIN, process.env.CONTENT)
  return new Response(lines.join('\n'))
}
