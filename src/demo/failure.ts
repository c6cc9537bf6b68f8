/** An answer other than success, as GitHub words it. Routes throw it; people's own calls reject with it. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly status: number
  readonly body: unknown

  constructor(status: number, message: string, errors?: readonly unknown[]) {
    super(message)
    this.status = status
    this.body = {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    }
  }
}

export const notFound = (): ApiFailure => new ApiFailure(404, 'Not Found')
export const forbidden = (): ApiFailure => new ApiFailure(403, 'Resource not accessible by integration')
export const invalid = (...reasons: string[]): ApiFailure =>
  new ApiFailure(
    422,
    'Validation Failed',
    reasons.map((message) => ({ resource: 'Request', code: 'custom', message })),
  )
