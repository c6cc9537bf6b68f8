import { expect, test } from 'vitest'
import { createSlots } from '../../src/supervisor/work/slots.ts'

test('as many at a time as there are places, and each one given back wakes somebody', () => {
  let freed = 0
  const slots = createSlots(2, () => freed++)
  const first = slots.take()
  const second = slots.take()
  expect(slots.free()).toBe(0)
  expect(slots.take()).toBeNull()
  expect(freed).toBe(0)
  first?.()
  expect([slots.free(), freed]).toEqual([1, 1])
  expect(slots.take()).not.toBeNull()
  second?.()
  expect([slots.free(), freed]).toEqual([1, 2])
})

test('a place that is given back twice is one place', () => {
  let freed = 0
  const slots = createSlots(1, () => freed++)
  const leave = slots.take()
  leave?.()
  leave?.()
  expect([slots.free(), freed]).toEqual([1, 1])
  const other = slots.take()
  leave?.()
  expect(slots.take(), 'the old holder cannot give the new one’s place away').toBeNull()
  other?.()
})

test('whoever is woken finds the place free', () => {
  let seen = -1
  const slots = createSlots(1, () => {
    seen = slots.free()
  })
  slots.take()?.()
  expect(seen).toBe(1)
})

test('no places: nobody runs', () => {
  expect(createSlots(0, () => undefined).take()).toBeNull()
})
