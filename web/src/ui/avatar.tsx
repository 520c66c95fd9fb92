import { cx } from './cx'
import imageLoader from './image-loader'

interface AvatarProps {
  name: string
  url: string | null
  size: number
  className?: string
}

/** What a person looks like, or the first letters of their name; their name itself stands beside it. */
export function Avatar({ name, url, size, className }: AvatarProps) {
  const frame = cx('shrink-0 overflow-hidden rounded-full bg-selected select-none', className)
  if (!url) {
    return (
      <svg aria-hidden width={size} height={size} viewBox="0 0 40 40" className={cx(frame, 'text-accent')}>
        <text x="20" y="20" textAnchor="middle" dominantBaseline="central" className="fill-current text-[1rem] font-semibold">
          {initials(name)}
        </text>
      </svg>
    )
  }
  return (
    <picture className="shrink-0">
      <source type="image/avif" srcSet={sharp(url.replace(/\.webp$/, '.avif'), size)} />
      <img src={imageLoader({ src: url, width: size })} srcSet={sharp(url, size)} alt="" width={size} height={size} loading="lazy" decoding="async" className={frame} />
    </picture>
  )
}

/** What next/image would ask for, without its code: it would be part of every page's beginning. */
function sharp(src: string, size: number): string {
  return [1, 2].map((density) => `${imageLoader({ src, width: size * density })} ${density}x`).join(', ')
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase()
}
