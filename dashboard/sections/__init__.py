"""Parts of pages that, unlike components, may read the store, call actions and check permissions."""
