/** Beside the list; on a phone over all of it. */
export const panelClass =
  'slide fixed inset-0 z-30 flex flex-col bg-raised outline-none md:left-auto md:w-[32rem] md:border-l md:border-line md:shadow-panel xl:w-[36rem]'
