import { getImageProps } from 'next/image'
import { cx } from './cx'

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
  const given = { alt: '', width: size, height: size }
  const { props } = getImageProps({ ...given, src: url })
  const modern = getImageProps({ ...given, src: url.replace(/\.webp$/, '.avif') }).props.srcSet
  return (
    <picture className="shrink-0">
      <source type="image/avif" srcSet={modern} />
      {/* eslint-disable-next-line jsx-a11y/alt-text -- it is among the props that next/image made */}
      <img {...props} className={frame} />
    </picture>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase()
}
