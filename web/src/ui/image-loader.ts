interface Asked {
  src: string
  width: number
}

/** How wide the server makes pictures of people (accounts/pictures.py). */
const WIDTHS = [64, 128, 256, 512]
const OF_A_PERSON = /^(\/api\/pictures\/[^/]+\/)\d+(\.(?:avif|webp))$/

/**
 * Where a picture of this width is, in both builds: the app's own are made when it is built (postbuild.mjs),
 * people's by the server; of those the source names the format.
 */
export default function imageLoader({ src, width }: Asked): string {
  const own = WIDTHS.find((made) => made >= width) ?? WIDTHS.at(-1)
  return OF_A_PERSON.test(src) ? src.replace(OF_A_PERSON, `$1${own}$2`) : src.replace(/\.webp$/, `.w${width}.webp`)
}
