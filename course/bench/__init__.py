"""The servers of the course under load: what a message costs each of them."""
