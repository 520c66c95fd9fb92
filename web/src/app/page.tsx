import { en } from '@/ui/messages/en'
export default function Landing() {
  return <main className="p-10 text-3xl">{en.product}</main>
}
