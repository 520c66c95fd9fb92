// Next.js writes the same into next-env.d.ts, but only when it builds; the types are checked in a fresh clone too.
/// <reference types="next/image-types/global" />
