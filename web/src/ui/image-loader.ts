interface Asked {
  src: string
  width: number
}

/**
 * Where a picture of this width is, in both builds: the app's own are made when it is built (postbuild.mjs),
 * people's by the server, under an address that is whole already.
 */
export default function imageLoader({ src, width }: Asked): string {
  return src.startsWith('/api/') ? src : src.replace(/\.webp$/, `.w${width}.webp`)
}
