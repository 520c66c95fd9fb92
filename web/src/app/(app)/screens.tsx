'use client'

import dynamic from 'next/dynamic'
import { whenKnown } from './known'

export const List = dynamic(() => import('./everybodys-list').then((file) => whenKnown(file.EverybodysList)))
export const Project = dynamic(() => import('@/tasks/named/named-screen').then((file) => whenKnown(file.ProjectScreen)))
export const Label = dynamic(() => import('@/tasks/named/named-screen').then((file) => whenKnown(file.LabelScreen)))
export const Projects = dynamic(() => import('@/tasks/named/collection').then((file) => whenKnown(file.ProjectsScreen)))
export const Labels = dynamic(() => import('@/tasks/named/collection').then((file) => whenKnown(file.LabelsScreen)))
export const Dashboard = dynamic(() => import('@/tasks/dashboard/screen').then((file) => whenKnown(file.DashboardScreen)))
export const Browse = dynamic(() => import('@/tasks/shell/shell').then((file) => whenKnown(file.Browse)))
export const Trash = dynamic(() => import('@/tasks/trash').then((file) => whenKnown(file.TrashScreen)))
export const Settings = dynamic(() => import('./settings/settings').then((file) => whenKnown(file.Settings)))
