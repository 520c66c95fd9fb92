import Link from 'next/link'
import { buttonClass } from '@/ui/button'
import { Empty } from '@/ui/empty'
import { en } from '@/ui/messages/en'

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty alone title={en.notFound.title} text={en.notFound.text}>
        <Link href="/" prefetch={false} className={buttonClass('primary')}>
          {en.notFound.home}
        </Link>
      </Empty>
    </main>
  )
}
