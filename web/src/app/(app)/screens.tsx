'use client'

import dynamic from 'next/dynamic'
import { SettingsBefore } from '@/accounts/settings/before'
import { plain } from '@/tasks/first/plain'
import { below, whenKnown } from './known'

const Unnamed = plain({ width: 'list' })

export const ListBelow = below(dynamic(() => whenKnown(() => import('./everybodys-list').then((file) => file.EverybodysList))), Unnamed)
export const Project = below(dynamic(() => whenKnown(() => import('@/tasks/named/named-screen').then((file) => file.ProjectScreen))), Unnamed)
export const Label = below(dynamic(() => whenKnown(() => import('@/tasks/named/named-screen').then((file) => file.LabelScreen))), Unnamed)
export const Projects = below(dynamic(() => whenKnown(() => import('@/tasks/named/collection').then((file) => file.ProjectsScreen))), plain({ title: ({ projects }) => projects.title }))
export const Labels = below(dynamic(() => whenKnown(() => import('@/tasks/named/collection').then((file) => file.LabelsScreen))), plain({ title: ({ labels }) => labels.title }))
export const Browse = below(dynamic(() => whenKnown(() => import('@/tasks/shell/shell').then((file) => file.Browse))), plain({ title: ({ shell }) => shell.more }))
export const Trash = below(dynamic(() => whenKnown(() => import('@/tasks/trash').then((file) => file.TrashScreen))), plain({ title: ({ trash }) => trash.title, lead: ({ trash }) => trash.lead }))
export const Settings = below(dynamic(() => whenKnown(() => import('./settings/settings').then((file) => file.Settings))), SettingsBefore)
