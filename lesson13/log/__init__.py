"""The loggers of the messenger, and the files they write."""
