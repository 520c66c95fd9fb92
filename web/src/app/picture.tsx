import { cx } from '@/ui/cx'

/** The product as a drawing, for where the app itself is not running. */
export function Picture({ className }: { className?: string }) {
  return <div className={cx('rounded-xl border border-line bg-canvas shadow-pop', className)}>…</div>
}
