'use client'

import { Missing } from '@/ui/later'

/** Inside the shell, whose main part it stands in. */
export default function Broken({ retry }: { retry: () => void }) {
  return (
    <div className="flex h-full items-center justify-center">
      <Missing alone again={retry} />
    </div>
  )
}
