import { later } from '@/ui/later'
import { Skeleton } from '@/ui/page'

export const Board = later(
  () => import('./board').then((file) => file.default),
  () => (
    <div className="px-4 sm:px-8">
      <Skeleton />
    </div>
  ),
)
