'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { Logo } from '@/ui/logo'
import { useMessages } from '@/ui/messages'
import { Picture } from '../picture'

export default function AccountLayout({ children }: Readonly<{ children: ReactNode }>) {
  const { product } = useMessages()
  return (
    <div data-whole="" className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <div className="flex flex-col px-5 py-6 sm:px-10">
        <header className="self-start">
          <Link href="/" prefetch={false} className="rounded-md">
            <Logo name={product} />
          </Link>
        </header>
        <main className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center py-12">{children}</main>
      </div>
      <div aria-hidden className="relative hidden overflow-hidden border-l border-line bg-sunken lg:block">
        <Picture className="absolute top-1/2 left-16 w-[64rem] max-w-none -translate-y-1/2" />
      </div>
    </div>
  )
}
