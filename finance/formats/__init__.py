"""Writers and checkers of bank files: pure functions from dataclasses to bytes."""
