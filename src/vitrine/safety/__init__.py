"""Reports, decisions and appeals: what may not be here, who says so, and who looks again."""
