/** Which square of a picture: `zoom` 1 takes in as much as there is; 0 to 1 across and down where there is more. */
export interface Cut {
  zoom: number
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

interface Square {
  left: number
  top: number
  side: number
}

export function cutOf({ width, height }: Size, { zoom, x, y }: Cut): Square {
  const side = Math.min(width, height) / zoom
  return { left: (width - side) * x, top: (height - side) * y, side }
}

/** The cut after a drag by so many of its own sides. */
export function moved(picture: Size, cut: Cut, across: number, down: number): Cut {
  const { side } = cutOf(picture, cut)
  const to = (at: number, by: number, whole: number) => (whole > side ? Math.min(Math.max(at + (by * side) / (whole - side), 0), 1) : at)
  return { ...cut, x: to(cut.x, across, picture.width), y: to(cut.y, down, picture.height) }
}

export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { left, top, side }: Square): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height)
}

/** The square as a file; never larger than it was. */
export async function squareOf(picture: ImageBitmap, cut: Cut, most: number): Promise<Blob> {
  const square = cutOf(picture, cut)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.max(1, Math.min(most, Math.round(square.side)))
  draw(canvas, picture, square)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be cut out'))), 'image/webp', 0.92)
  })
}
