import { type ChangeEvent, useRef, useState } from 'react'
import { useUser } from '@/api/session'
import { Avatar } from '@/ui/avatar'
import { Button, buttonClass } from '@/ui/button'
import { explain } from '@/ui/explain'
import { later, openLater } from '@/ui/later'
import { useMessages } from '@/ui/messages'
import { toast } from '@/ui/toast'
import { removePicture } from '../picture'

const Crop = later(() => import('./crop').then((file) => file.Crop))

/** What the browser can show, and the server reads. */
const TAKEN = 'image/jpeg,image/png,image/webp,image/gif,image/avif'

/** One's own picture: choose, crop, take away. */
export function Portrait() {
  const messages = useMessages()
  const { settings: words } = messages
  const user = useUser()
  const chooser = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const [busy, setBusy] = useState(false)
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0]
    event.target.value = ''
    if (chosen) openLater(Crop, () => setFile(chosen))
  }
  const remove = async () => {
    setBusy(true)
    try {
      await removePicture()
      toast(words.pictureRemoved)
      chooser.current?.focus()
    } catch (error) {
      toast(explain(error, messages), { tone: 'problem' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex items-center gap-4">
      <Avatar name={user.name} url={user.avatar_url} size={72} />
      <div>
        <div className="flex flex-wrap gap-2">
          <label className={buttonClass('plain', 'sm', 'cursor-pointer has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent')}>
            <input ref={chooser} type="file" accept={TAKEN} onChange={choose} className="sr-only" />
            {user.avatar_url ? words.pictureReplace : words.pictureChoose}
          </label>
          {user.avatar_url && (
            <Button size="sm" look="ghost" disabled={busy} onClick={() => void remove()}>
              {words.pictureRemove}
            </Button>
          )}
        </div>
        <p className="mt-1.5 text-sm text-faint">{words.pictureHint}</p>
      </div>
      {file && (
        <Crop
          file={file}
          close={() => {
            setFile(null)
            chooser.current?.focus()
          }}
        />
      )}
    </div>
  )
}
