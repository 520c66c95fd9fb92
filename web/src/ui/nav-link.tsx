'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { ComponentProps } from 'react'

/** Fetches the next page when somebody is about to go there, not for every link in sight. */
export function NavLink({ href, ...rest }: Omit<ComponentProps<typeof Link>, 'href' | 'prefetch'> & { href: string }) {
  const router = useRouter()
  const near = () => router.prefetch(href)
  return <Link href={href} prefetch={false} onPointerEnter={near} onFocus={near} {...rest} />
}
