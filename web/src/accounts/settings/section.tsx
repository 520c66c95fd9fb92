import type { ReactNode } from 'react'

export function Section({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section aria-label={name} className="border-t border-line py-6 sm:grid sm:grid-cols-[10rem_1fr] sm:gap-6">
      <h2 className="mb-4 font-semibold">{name}</h2>
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
    </section>
  )
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{name}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 break-all text-soft">{children}</div>
    </div>
  )
}
