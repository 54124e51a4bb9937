"""The registration as a page in the browser, served from this machine to itself."""
