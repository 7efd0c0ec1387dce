"""Back-tests of this project and of others, on the same quotes. Scripts of others run in environments of their own."""
