/**
 * Who somebody is, by the App's OAuth web flow. The token that GitHub gives for it is used once, for the name, and kept
 * nowhere: what people may see is asked with the App's own tokens.
 *
 * Source: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
 */
export interface SignIn {
  /** Where the browser is sent to. `challenge`: of PKCE, S256. */
  address(state: string, redirectUri: string, challenge: string): string
  /** Whose code it is. Rejects where GitHub does not take it. */
  accountOf(
    code: string,
    redirectUri: string,
    verifier: string,
  ): Promise<{ readonly id: number; readonly login: string }>
}

const TIMEOUT_MS = 10_000

/** @param apiUrl and `webUrl` as in `createGitHub` */
export function createSignIn(o: {
  readonly clientId: string
  readonly clientSecret: string
  readonly apiUrl: string
  readonly webUrl: string
}): SignIn {
  return {
    address: (state, redirectUri, challenge) => {
      const query = new URLSearchParams({
        client_id: o.clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      })
      return `${o.webUrl}/login/oauth/authorize?${query}`
    },
    accountOf: async (code, redirectUri, verifier) => {
      const given = await ask(`${o.webUrl}/login/oauth/access_token`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          client_id: o.clientId,
          client_secret: o.clientSecret,
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
        }).toString(),
      })
      const { access_token: token, error } = given as { access_token?: unknown; error?: unknown }
      if (typeof token !== 'string' || token === '')
        throw new Error(
          `signing in: GitHub did not take the code (${String(error ?? 'no reason given').slice(0, 100)})`,
        )
      const headers = {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'autopilot-supervisor',
      }
      const { id, login } = (await ask(`${o.apiUrl}/user`, { headers })) as { id?: unknown; login?: unknown }
      if (
        typeof id !== 'number' ||
        !Number.isSafeInteger(id) ||
        typeof login !== 'string' ||
        !/^[\w-]{1,100}$/.test(login)
      )
        throw new Error('signing in: GitHub did not say who it is')
      return { id, login }
    },
  }
}

async function ask(address: string, init: RequestInit): Promise<object> {
  const answer = await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
  const body: unknown = await answer.json()
  if (!answer.ok || body === null || typeof body !== 'object')
    throw new Error(`signing in: GitHub answered ${answer.status}`)
  return body
}
