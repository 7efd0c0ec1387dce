"""What a store writes."""
