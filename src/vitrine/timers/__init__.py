"""What runs on time: when each timer last began and ended, and which are late."""
