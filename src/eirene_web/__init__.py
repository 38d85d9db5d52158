"""The platform: stores, asks, shows and guards. It imports the core; the core never imports it."""
