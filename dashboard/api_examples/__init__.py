"""Programs that use the API, to copy: `/api` shows them and a test runs them."""
