"""Set-based SQL and bank files of payment runs: private to the services and selectors of paying."""
