// Four workers upload concurrently. One is terminated during its upload. The process must exit by itself.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { fromFile, upload } from 'expect-continue'

const [, , url, , , file] = process.argv

function inWorker(name) {
  return new Worker(new URL(import.meta.url), { workerData: name, argv: process.argv.slice(2) })
}

async function* endless() {
  for (;;) yield Buffer.alloc(65_536)
}

async function uploadedBy(name) {
  const content = name === 'endless' ? endless() : fromFile(file)
  const onProgress = ({ sent }) => {
    if (name === 'endless' && sent > 1_048_576) parentPort.postMessage('under way')
  }
  const { response, report } = await upload(`${url}/${name}`, content, {
    expect: 'always',
    onProgress,
  })
  await response.arrayBuffer()
  parentPort.postMessage(`${response.status} ${report.outcome} ${report.sentBytes}`)
}

if (isMainThread) {
  for (const name of ['go', '413', '417']) {
    const worker = inWorker(name)
    worker.on('message', (text) => console.log(`${name}: ${text}`))
    worker.on('exit', (code) => console.log(`${name} exited: ${code}`))
  }
  const worker = inWorker('endless')
  worker.once('message', () => worker.terminate())
  worker.on('exit', () => console.log('endless: terminated'))
} else {
  await uploadedBy(workerData)
}
