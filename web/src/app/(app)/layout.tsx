import type { ReactNode } from 'react'
import { Frame } from './frame'

export default function AppLayout({ children }: Readonly<{ children: ReactNode }>) {
  return <Frame>{children}</Frame>
}
