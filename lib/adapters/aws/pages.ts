/** All items of a paginated request, in the order of its pages. */
export async function itemsOf<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...items(page) ?? []);
  return found;
}
