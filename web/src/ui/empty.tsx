import type { ReactNode } from 'react'

interface EmptyProps {
  title: string
  text: string
  /** It is all there is on the page: its title is the page's. */
  alone?: boolean
  children?: ReactNode
}

/** What is said where there is nothing: a picture, a sentence, the next step. */
export function Empty({ title, text, alone, children }: EmptyProps) {
  const Title = alone ? 'h1' : 'h2'
  return (
    <div className="rise flex flex-col items-center px-6 py-16 text-center">
      <div className="mb-5">
        <ClearedList />
      </div>
      <Title className="text-lg font-semibold tracking-tight text-ink">{title}</Title>
      <p className="mt-1.5 max-w-sm text-balance text-soft">{text}</p>
      {children && <div className="mt-6 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  )
}

/** Three lines, the last one just checked off. */
function ClearedList() {
  return (
    <svg width="120" height="84" viewBox="0 0 120 84" fill="none" aria-hidden>
      {[0, 1].map((line) => (
        <g key={line} className="stroke-line" strokeWidth="3" strokeLinecap="round">
          <circle cx="18" cy={14 + line * 28} r="8" />
          <path d={`M38 ${14 + line * 28}h${line ? 44 : 64}`} />
        </g>
      ))}
      <circle cx="18" cy="70" r="9.5" className="fill-accent-solid" />
      <path d="M13.8 70.2l3 3 5.6-6" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M38 70h54" className="stroke-edge" strokeWidth="3" strokeLinecap="round" />
    </svg>
  )
}
