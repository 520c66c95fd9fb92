import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { Button } from '@/ui/button'
import { explain } from '@/ui/explain'
import { useMessages } from '@/ui/messages'
import { Modal } from '@/ui/popup'
import { toast } from '@/ui/toast'
import { uploadPicture } from '../picture'
import { type Cut, cutOf, draw, moved, squareOf } from './cut'

const SHOWN = 288
const SENT = 1024

/** The square of a picture that one wants to be seen by: by dragging, or with sliders. */
export function Crop({ file, close }: { file: File; close: () => void }) {
  const messages = useMessages()
  const { settings: words } = messages
  const picture = usePicture(file, () => {
    toast(words.pictureUnreadable, { tone: 'problem' })
    close()
  })
  const [cut, setCut] = useState<Cut>({ zoom: 1, x: 0.5, y: 0.5 })
  const [sent, setSent] = useState<number | null>(null)
  const save = async () => {
    if (!picture) return
    setSent(0)
    try {
      await uploadPicture(await squareOf(picture, cut, SENT), setSent)
      toast(words.pictureSaved)
      close()
    } catch (error) {
      setSent(null)
      toast(explain(error, messages), { tone: 'problem' })
    }
  }
  return (
    <Modal title={words.crop} close={close} width="max-w-sm">
      <div className="flex flex-col items-center gap-4 px-5 pt-1.5 pb-5">
        <p className="self-start text-sm text-soft">{words.cropHint}</p>
        <Preview picture={picture} cut={cut} change={setCut} label={words.cropPreview} />
        <div className="grid w-full grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
          <Slider label={words.zoom} value={cut.zoom} from={1} to={4} change={(zoom) => setCut({ ...cut, zoom })} />
          <Slider label={words.across} value={cut.x} from={0} to={1} change={(x) => setCut({ ...cut, x })} />
          <Slider label={words.down} value={cut.y} from={0} to={1} change={(y) => setCut({ ...cut, y })} />
        </div>
        {sent !== null && <progress aria-label={words.uploading} value={sent} max={1} className="h-1.5 w-full" />}
        <div className="flex w-full justify-end gap-2">
          <Button onClick={close}>{words.cancel}</Button>
          <Button look="primary" disabled={!picture || sent !== null} onClick={() => void save()}>
            {words.upload}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function Slider({ label, value, from, to, change }: { label: string; value: number; from: number; to: number; change: (value: number) => void }) {
  return (
    <label className="contents">
      <span className="text-soft">{label}</span>
      <input type="range" min={from} max={to} step={(to - from) / 100} value={value} onChange={(event) => change(Number(event.target.value))} className="h-6 w-full rounded-sm" />
    </label>
  )
}

interface PreviewProps {
  picture: ImageBitmap | null
  cut: Cut
  change: (cut: Cut) => void
  label: string
}

function Preview({ picture, cut, change, label }: PreviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const last = useRef<{ x: number; y: number } | null>(null)
  useEffect(() => {
    if (picture && canvas.current) draw(canvas.current, picture, cutOf(picture, cut))
  }, [picture, cut])
  const drag = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!picture || !last.current) return
    const { width } = event.currentTarget.getBoundingClientRect()
    change(moved(picture, cut, (last.current.x - event.clientX) / width, (last.current.y - event.clientY) / width))
    last.current = { x: event.clientX, y: event.clientY }
  }
  const grab = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    last.current = { x: event.clientX, y: event.clientY }
  }
  const drop = () => {
    last.current = null
  }
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      width={2 * SHOWN}
      height={2 * SHOWN}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
      className="aspect-square w-full max-w-[18rem] cursor-grab touch-none rounded-full bg-sunken active:cursor-grabbing"
    />
  )
}

function usePicture(file: File, fail: () => void): ImageBitmap | null {
  const [picture, setPicture] = useState<ImageBitmap | null>(null)
  const failed = useRef(fail)
  useEffect(() => {
    failed.current = fail
  })
  useEffect(() => {
    let wanted = true
    createImageBitmap(file).then(
      (made) => (wanted ? setPicture(made) : made.close()),
      () => wanted && failed.current(),
    )
    return () => {
      wanted = false
    }
  }, [file])
  return picture
}
