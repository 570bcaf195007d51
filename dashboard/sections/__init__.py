"""Parts of pages that know the store and what may be done, unlike components."""
