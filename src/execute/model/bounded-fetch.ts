/** More than the longest answer that is ever asked for; what goes on beyond it is broken or hostile. */
const MAX_BYTES = 8_000_000

/**
 * `fetch` for the provider's address and no other: a redirect would carry the key to wherever it points. The body is cut
 * off, as a failure, once it is longer than any answer.
 */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' })
  if (response.body === null) return response
  let bytes = 0
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes > MAX_BYTES) controller.error(new Error(`the answer is longer than ${MAX_BYTES} bytes`))
        else controller.enqueue(chunk)
      },
    }),
  )
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}
