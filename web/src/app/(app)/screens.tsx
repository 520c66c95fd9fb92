'use client'

import dynamic from 'next/dynamic'
import { Board } from '@/tasks/board/later'
import { filtersIn, isBoard } from '@/tasks/views'
import { afterFirstSight, whenKnown } from './known'

export const List = afterFirstSight(async () => {
  const board = isBoard(filtersIn(new URLSearchParams(location.search))) && Board.preload().catch(() => undefined)
  const [{ EverybodysList }] = await Promise.all([import('./everybodys-list'), board])
  return EverybodysList
})
export const Dashboard = afterFirstSight(() => import('@/tasks/dashboard/screen').then((file) => file.DashboardScreen))
export const ListBelow = dynamic(() => whenKnown(() => import('./everybodys-list').then((file) => file.EverybodysList)))
export const Project = dynamic(() => whenKnown(() => import('@/tasks/named/named-screen').then((file) => file.ProjectScreen)))
export const Label = dynamic(() => whenKnown(() => import('@/tasks/named/named-screen').then((file) => file.LabelScreen)))
export const Projects = dynamic(() => whenKnown(() => import('@/tasks/named/collection').then((file) => file.ProjectsScreen)))
export const Labels = dynamic(() => whenKnown(() => import('@/tasks/named/collection').then((file) => file.LabelsScreen)))
export const Browse = dynamic(() => whenKnown(() => import('@/tasks/shell/shell').then((file) => file.Browse)))
export const Trash = dynamic(() => whenKnown(() => import('@/tasks/trash').then((file) => file.TrashScreen)))
export const Settings = dynamic(() => whenKnown(() => import('./settings/settings').then((file) => file.Settings)))
