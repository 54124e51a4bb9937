"""Nothing needs to stand here: the plugin `harness` brings the fixtures, options and YAML plans."""
