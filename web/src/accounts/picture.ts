import { api, body } from '@/api/client'
import { ApiError, offline, problemOf } from '@/api/problem'
import { accessToken, replaceUser } from '@/api/session'
import type { User } from '@/api/types'

const PATH = '/api/auth/me/picture'

/** `progress` is told the share that was sent, 0 to 1. */
export async function uploadPicture(picture: Blob, progress: (share: number) => void): Promise<void> {
  const token = await accessToken()
  let response = await put(picture, token, progress)
  if (response.status === 401) response = await put(picture, await accessToken(token), progress)
  if (!response.ok) throw await problemOf(response)
  replaceUser((await response.json()) as User)
}

export async function removePicture(): Promise<void> {
  replaceUser(await body(api.DELETE(PATH)))
}

/** Not by `fetch`, which does not tell how much was sent. */
function put(picture: Blob, token: string, progress: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', PATH)
    request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.setRequestHeader('Content-Type', picture.type)
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total)
    request.onload = () => {
      const headers = { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' }
      resolve(new Response(request.responseText, { status: request.status, headers }))
    }
    request.onerror = () => reject(offline())
    request.onabort = () => reject(new ApiError(0, 'aborted'))
    request.send(picture)
  })
}
