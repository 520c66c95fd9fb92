import type { Metadata } from 'next'
import { AccountForm } from '@/accounts/account-form'
import { en } from '@/ui/messages/en'

/** Where a server renders pages, it does this one anew once an hour. */
export const revalidate = 3600

export const metadata: Metadata = { title: en.account.signIn }

export default function Page() {
  return <AccountForm purpose="sign-in" />
}
