"""Price sources: where quotes come from, and the loop body that hands them on."""
