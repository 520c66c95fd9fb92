import { Landing } from './landing'

/** Where a server renders pages, it does this one anew once an hour. */
export const revalidate = 3600

export default function Page() {
  return <Landing />
}
